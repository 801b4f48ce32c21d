"""The harness owns epochs and early stopping."""

import pytest

from coldbench.data.ratings import Ratings
from coldbench.errors import Declined, Diverged, UsageError
from coldbench.learning.fitting import Criterion, Fitted, fit
from coldbench.learning.learner import Variant
from coldbench.rng import Seeds
from coldbench.tasks.protocols import Separate
from tests.toy import Toy

SEEDS = Seeds.joint(0)


def fitted(
    ratings: Ratings, refit: bool = True, criterion: Criterion | None = None, **options: object
) -> Fitted:
    variant = Variant.of(Toy, "toy")
    config = variant.configure(options)
    split = Separate().split(ratings, SEEDS)
    return fit(variant, config, ratings, split, SEEDS, refit, criterion=criterion)


def test_one_epoch_needs_no_search(ratings: Ratings) -> None:
    done = fitted(ratings)
    assert done.curve == []
    assert done.epochs == 1


def test_patience_and_refit(ratings: Ratings) -> None:
    done = fitted(ratings, fault="patience", epochs=9, patience=2)
    # offsets 4, 6, 5, ...: the first epoch is best, and two more are waited for
    assert [entry["epoch"] for entry in done.curve] == [0, 1, 2]
    assert done.epochs == 1
    assert done.learner.trained == 1  # type: ignore[attr-defined]
    assert {"validation_mae", "validation_W-W", "loss", "seconds"} <= done.curve[0].keys()


def test_without_refit_the_best_epoch_is_kept(ratings: Ratings) -> None:
    done = fitted(ratings, refit=False, fault="patience", epochs=9, patience=2)
    assert done.learner.offset == 4.0  # type: ignore[attr-defined]


@pytest.mark.parametrize("fault", ["nan-loss", "nan"])
def test_divergence_names_the_epoch(ratings: Ratings, fault: str) -> None:
    with pytest.raises(Diverged, match="epoch"):
        fitted(ratings, fault=fault, epochs=3)


def test_declining(ratings: Ratings) -> None:
    with pytest.raises(Declined, match="no reason"):
        fitted(ratings, fault="decline")


def judged(higher: bool, *values: float) -> Criterion:
    """A criterion with these values, epoch by epoch, in one scenario."""
    given = iter(values)
    return Criterion("odd", not higher, lambda predictions, ratings: {"C-W": next(given)})


@pytest.mark.parametrize("higher", [True, False])
def test_another_criterion_chooses_the_epoch_in_its_direction(
    ratings: Ratings, higher: bool
) -> None:
    sign = 1 if higher else -1
    criterion = judged(higher, *(sign * value for value in (0.1, 0.3, 0.7, 0.2, 0.1, 0.0)))
    done = fitted(ratings, criterion=criterion, fault="patience", epochs=9, patience=2)
    assert done.epochs == 3
    assert [entry["stop_by_odd"] for entry in done.curve][:3] == [
        sign * value for value in (0.1, 0.3, 0.7)
    ]
    assert len(done.curve) == 5
    by_mae = fitted(ratings, fault="patience", epochs=9, patience=2)
    assert by_mae.epochs == 1
    assert "stop_by_odd" not in by_mae.curve[0]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_criterion_without_a_value_fails_the_run(ratings: Ratings, value: float) -> None:
    with pytest.raises(
        UsageError, match=rf"after epoch 1: odd is {value} on the validation tasks of C-W"
    ):
        fitted(ratings, criterion=judged(True, 0.1, value), epochs=3)
