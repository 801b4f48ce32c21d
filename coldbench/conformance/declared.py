"""Checks of what a learner declares, and of the copies that are made of it."""

import copy
import json
import pickle

import torch

from coldbench.conformance.problem import Problem
from coldbench.learning import SUPPORTED, Learner, State, fill, state_of

__all__ = [
    "configuration_is_plain",
    "contract_is_declared",
    "copies_predict_alike",
    "space_is_legal",
    "stored_model_predicts_alike",
]


def contract_is_declared(problem: Problem) -> None:
    """The class declares the version of the learner contract it was written for: a known one."""
    learner = problem.variant.learner
    stated = next(kind for kind in learner.__mro__ if "contract" in vars(kind))
    foreign = not learner.__module__.startswith(("baselines.", "mamo."))
    assert not (foreign and stated is Learner), f"{learner.__name__} declares no contract"
    known = " and ".join(map(str, SUPPORTED))
    assert learner.contract in SUPPORTED, f"contract {learner.contract}, known are {known}"


def configuration_is_plain(problem: Problem) -> None:
    """Each option has a default; the configuration survives JSON, so that a record can hold it."""
    fields = problem.variant.learner.Config.model_fields.items()
    bare = [name for name, field in fields if field.is_required()]
    missing = [name for name in bare if name not in problem.variant.options]
    assert not missing, f"without a default: {', '.join(missing)}"
    config = problem.variant.configure({})
    text = json.dumps(config.model_dump(mode="json"))
    again = problem.variant.learner.Config.model_validate(json.loads(text))
    assert again == config, "the configuration does not survive JSON"


def space_is_legal(problem: Problem) -> None:
    """Each dimension of the search space is an option, and the ends of its range are allowed."""
    config = problem.variant.configure({})
    for name, dimension in problem.variant.dimensions().items():
        assert name in type(config).model_fields, f"{name!r} is not an option"
        for value in dimension.ends:
            try:
                problem.variant.configure({name: value})
            except ValueError as error:
                raise AssertionError(f"{name} = {value!r} is refused: {error}") from None
    for name, base in type(config).tuned_by.items():
        assert name in type(config).model_fields, f"{name!r}, tuned by {base}, is not an option"


def copies_predict_alike(problem: Problem) -> None:
    """Copies by pickle and deepcopy predict bit-equally."""
    expected = problem.trained.predict(problem.batch)
    copies = (pickle.loads(pickle.dumps(problem.trained)), copy.deepcopy(problem.trained))
    for other in copies:
        assert torch.equal(other.predict(problem.batch), expected), "a copy predicts differently"


def stored_model_predicts_alike(problem: Problem) -> None:
    """A new learner filled with the stored state of the trained one predicts bit-equally, or the
    learner declines to be stored, with a reason."""
    stored = state_of(problem.trained)
    again = problem.built()
    fill(again, State(stored.tensors, json.loads(json.dumps(stored.tree))))
    expected, seen = (one.predict(problem.batch) for one in (problem.trained, again))
    assert torch.equal(expected, seen), "the stored learner predicts differently"
