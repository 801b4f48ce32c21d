"""The harness owns epochs and early stopping."""

import pytest

from coldbench.data.ratings import Ratings
from coldbench.errors import Declined, Diverged
from coldbench.learning.fitting import Fitted, fit
from coldbench.learning.learner import Variant
from coldbench.rng import Seeds
from coldbench.tasks.protocols import Separate
from tests.toy import Toy

SEEDS = Seeds.joint(0)


def fitted(ratings: Ratings, refit: bool = True, **options: object) -> Fitted:
    variant = Variant.of(Toy, "toy")
    config = variant.configure(options)
    return fit(variant, config, ratings, Separate().split(ratings, SEEDS), SEEDS, refit)


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
