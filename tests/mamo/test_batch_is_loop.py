"""A batch of tasks is one tensor operation, equal to a loop over users to 1e-9 in float64."""

import copy

import pytest
import torch

from coldbench.learning.learner import Episode
from mamo.content import Content
from mamo.episode import learn, personalise
from tests.mamo import reference
from tests.mamo.problem import batch, learner

OPTIONS = [
    {"loss": "squared", "rho": 0.05},
    {"loss": "squared", "rho": 0.05, "task_write": "convex", "tau": 0.5, "temperature": 5.0},
    {"loss": "absolute", "rho": 0.1, "local_loops": 5, "slots": 1},
    {"loss": "squared", "local_loops": 0},
    {"loss": "squared", "rho": 0.1, "user_clip": 0.4},
    {"loss": "squared", "rho": 0.1, "local_clip": 0.4},
    {"loss": "squared", "rho": 0.1, "widths": "halved", "user_clip": 0.4, "local_clip": 0.4},
]


def episode() -> Episode:
    made = batch((5, 3, 1, 0, 4), query=6)
    made.query_mask[1, 3:] = False
    target = torch.randint(1, 6, (5, 6), generator=torch.Generator().manual_seed(2)).float()
    return Episode(made, target)


@pytest.mark.parametrize("options", OPTIONS)
def test_training_step(options: dict) -> None:
    mamo, data = learner(double=True, gradient_std=0.5, **options), episode()
    total, memories = reference.train(copy.deepcopy(mamo), data)
    content = Content(mamo.model, data.batch)
    rngs = [None] * len(data.batch)
    adapted = personalise(mamo.model, data.batch, content, mamo.target, mamo.config, rngs)
    learn(mamo.model, data, adapted, mamo.target, mamo.config)
    for name, parameter in mamo.model.named_parameters():
        got = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        torch.testing.assert_close(
            got, total[name], rtol=1e-9, atol=1e-9, msg=lambda m, n=name: f"{n}: {m}"
        )
    for name, memory in mamo.model.memories.named_buffers():
        torch.testing.assert_close(
            memory, memories[name], rtol=1e-9, atol=1e-9, msg=lambda m, n=name: f"{n}: {m}"
        )


@pytest.mark.parametrize("options", OPTIONS)
def test_prediction(options: dict) -> None:
    mamo, data = learner(double=True, gradient_std=0.5, **options), episode()
    found = mamo.predict(data.batch)
    for task in range(len(data.batch)):
        expected = reference.predict(mamo, data, task).float()
        torch.testing.assert_close(found[task], expected)


def test_local_optimisers_agree_with_formed_layers() -> None:
    """Fixed-input layers under SGD, and Adam on one flat tensor, against plain formed weights."""
    data = episode().batch
    for options in (
        {"local_optimizer": "adam"},
        {"local_optimizer": "adam", "local_clip": 0.1, "rho": 0.1},
        {"local_batch": 2},
    ):
        mamo = learner(double=True, **options)
        whole = mamo.predict(data)
        for task in range(len(data)):
            one = type(data)(*(getattr(data, f)[task : task + 1] for f in FIELDS))
            torch.testing.assert_close(mamo.predict(one), whole[task : task + 1])


FIELDS = (
    "user",
    "support_item",
    "support_value",
    "support_mask",
    "query_item",
    "query_mask",
)
