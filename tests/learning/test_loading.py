"""Which learners load: of both contracts, and what the others are told."""

from collections.abc import Iterable, Iterator

import pytest
import torch

from coldbench import registry
from coldbench.errors import UsageError
from coldbench.learning.learner import Learner, Variant
from coldbench.learning.loading import load_variant
from coldbench.learning.sequential import SequentialLearner
from coldbench.tasks.episodes import EpisodeBatch
from tests.toy import Toy


class First(Toy):
    contract = 1


class Third(Toy):
    contract = 3


class Zeroth(Toy):
    contract = 0


class Passing(First):
    def predict_pass(self, batches: Iterable[EpisodeBatch]) -> Iterator[torch.Tensor]:
        yield from map(self.predict, batches)


class Ordered(Toy):
    contract = 2
    depends_on_order = True


class Sequential(SequentialLearner):
    contract = 2

    def predict_pass(self, batches: Iterable[EpisodeBatch]) -> Iterator[torch.Tensor]:
        raise NotImplementedError


def loaded(monkeypatch: pytest.MonkeyPatch, registered: object) -> Variant:
    monkeypatch.setattr(registry, "load", lambda kind, name: registered)
    return load_variant("theirs")


@pytest.mark.parametrize("learner", [First, Toy, Sequential])
def test_learners_of_both_contracts_load(
    monkeypatch: pytest.MonkeyPatch, learner: type[Learner]
) -> None:
    assert loaded(monkeypatch, learner).learner is learner


@pytest.mark.parametrize("wrap", [lambda learner: learner, Variant], ids=["class", "variant"])
@pytest.mark.parametrize(
    ("learner", "reason"),
    [
        (Third, "contract '3', this coldbench has contract 2: update coldbench"),
        (Zeroth, "contract '0', this coldbench has contract 2: update the learner"),
        (Passing, "defines predict_pass, .* derive it from coldbench.SequentialLearner"),
        (Ordered, "defines depends_on_order, which only a SequentialLearner has"),
    ],
)
def test_others_are_told_what_to_change(
    monkeypatch: pytest.MonkeyPatch, learner: type[Learner], reason: str, wrap: type
) -> None:
    with pytest.raises(UsageError, match=f"learner 'theirs' .*{reason}"):
        loaded(monkeypatch, wrap(learner))
