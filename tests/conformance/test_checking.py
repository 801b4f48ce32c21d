"""Each fault is found by the check made for it, and explained."""

import re

import numpy as np
import pandas as pd
import pytest

from coldbench import registry
from coldbench.conformance import checking
from coldbench.conformance import datasets as conformance_datasets
from coldbench.conformance import learners as conformance
from coldbench.conformance import metrics as conformance_metrics
from coldbench.conformance.advice import ADVICE
from coldbench.conformance.checking import Verdict, _verdict, check, kind_of
from coldbench.conformance.problem import Problem
from coldbench.data import Dataset, from_frames
from coldbench.data.dataset import content_key
from coldbench.data.ratings import Ratings
from coldbench.errors import Declined, UsageError
from coldbench.learning.learner import Variant
from tests.conformance.faulty import (
    LEARNERS,
    METRICS,
    Bare,
    BatchMean,
    Closed,
    Crashes,
    Layered,
    Lists,
    Long,
    Seeds,
    Shuffles,
    Sound,
    Spoils,
)

ALL = {**conformance.CHECKS, **conformance_datasets.CHECKS, **conformance_metrics.CHECKS}


def test_every_check_has_advice_and_only_these() -> None:
    assert set(ADVICE) == set(ALL)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("learner", [Sound, Layered, Long])
def test_a_sound_learner_passes(learner: type[Sound], ratings: Ratings) -> None:
    problem = Problem(Variant(learner), ratings)
    found = [_verdict(test, problem) for test in conformance.CHECKS.values()]
    assert [str(verdict) for verdict in found if not verdict.passed] == []


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", LEARNERS)
def test_a_faulty_learner_is_explained(name: str, ratings: Ratings) -> None:
    verdict = _verdict(conformance.CHECKS[name], Problem(Variant(LEARNERS[name]), ratings))
    assert not verdict.passed
    _explained(verdict, name)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("learner", "check", "seen"),
    [
        (Lists, "answers_are_ratings", "predict returned list, not torch.Tensor"),
        (Spoils, "prediction_is_pure", "predict changed batch.support_value in place"),
        (Shuffles, "global_generators_are_left_alone", "train_epoch uses torch's global"),
        (Seeds, "global_generators_are_left_alone", "predict uses torch's global"),
        (Crashes, "answers_are_ratings", "no attribute 'median'"),
        (Bare, "configuration_is_plain", "without a default: rate"),
    ],
)
def test_one_fault_is_told_once(
    learner: type[Sound], check: str, seen: str, ratings: Ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failed gate nothing is run that would fail for the same reason."""
    monkeypatch.setitem(checking._PROBLEMS, "learner", lambda _: Problem(Variant(learner), ratings))
    found = list(checking.check("learner", "x"))
    (failure,) = [verdict for verdict in found if verdict.seen]
    assert failure.check == check
    assert seen in failure.seen
    place = found.index(failure)
    assert [verdict.ran for verdict in found] == [n <= place for n in range(len(found))]


@pytest.mark.filterwarnings("default")
def test_a_fault_of_the_batch_is_not_told_as_one_of_padding(
    ratings: Ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem(Variant(BatchMean), ratings)
    monkeypatch.setitem(checking._PROBLEMS, "learner", lambda _: problem)
    found = list(checking.check("learner", "x"))
    assert [v.check for v in found if v.seen] == ["batch_mates_do_not_matter"]
    silent = {v.check for v in found if not v.ran}
    assert silent == {check.__name__ for check in conformance.NEEDS}


@pytest.mark.filterwarnings("default")
def test_any_error_of_the_first_use_is_mended_where_it_is(ratings: Ratings) -> None:
    check = conformance.CHECKS["answers_are_ratings"]
    assert _verdict(check, Problem(Variant(Crashes), ratings)).fix == "fix the line named above"


def test_a_learner_that_declines_to_be_stored_passes_with_a_note(ratings: Ratings) -> None:
    check = conformance.CHECKS["stored_model_predicts_alike"]
    verdict = _verdict(check, Problem(Variant(Closed), ratings))
    assert verdict.passed
    assert re.match(r"note  A new learner .*\n +seen: +clock is a builtins.set", str(verdict))


def test_an_error_names_the_line_of_the_plugin() -> None:
    def breaks(problem: object) -> None:
        raise ValueError("boom")

    def declines(problem: object) -> None:
        raise Declined("needs content")

    assert re.search(r"boom \(.*test_checking.py, line \d+, in breaks\)", _verdict(breaks, 0).seen)
    assert _verdict(declines, 0).seen == "Declined: needs content"


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", METRICS)
def test_a_faulty_metric_is_explained(name: str) -> None:
    problem = conformance_metrics.problem("mae")
    problem = conformance_metrics.Problem("faulty", METRICS[name], problem.samples)
    verdict = _verdict(conformance_metrics.CHECKS[name], problem)
    assert not verdict.passed
    _explained(verdict, name)


def _explained(verdict: Verdict, name: str) -> None:
    text = str(verdict)
    for word in ("FAIL", "seen:", "cause:", "fix:"):
        assert word in text
    assert ADVICE[name][1] in text


@pytest.mark.parametrize("name", registry.names("metric"))
def test_our_metrics_pass(name: str) -> None:
    assert all(verdict.passed for verdict in check("metric", name))


def test_our_embedded_data_set_passes() -> None:
    assert [str(v) for v in check("dataset", "synthetic") if not v.passed] == []


class Leaky(Dataset):
    """Its content tells the mean rating, its key changes, and its licence is empty."""

    summary = "leaky"
    licence = ""
    source = "here"
    count = 0

    def key(self) -> str:
        Leaky.count += 1
        return content_key("leaky", {"count": Leaky.count}, {})

    def load(self) -> Ratings:
        rng = np.random.default_rng(0)
        user, item = np.repeat(np.arange(60), 30), np.tile(np.arange(30), 60)
        rating = np.clip(np.rint(3 + rng.normal(0, 1, 1800)), 1, 5)
        frame = pd.DataFrame({"user": user, "item": item, "rating": rating})
        mean = frame.groupby("item")["rating"].mean().reset_index(name="quality")
        return from_frames(frame, items=mean, name="leaky", scale=(1, 5, 1))


@pytest.mark.parametrize(
    "name", ["dataset_declares_itself", "key_is_stable", "content_is_no_rating_statistic"]
)
def test_a_faulty_data_set_is_explained(name: str) -> None:
    problem = conformance_datasets.Problem("leaky", Leaky)
    verdict = _verdict(conformance_datasets.CHECKS[name], problem)
    assert not verdict.passed
    _explained(verdict, name)


def test_kinds_are_found_by_name() -> None:
    assert [kind_of(name) for name in ("bias", "synthetic", "rmse")] == [*registry.GROUPS]
    with pytest.raises(UsageError, match="did you mean 'ridge'"):
        kind_of("rige")
