"""What a stored model answers is what the harness predicts with the learner that was trained."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coldbench import registry
from coldbench.data import Array, Ragged, Ratings
from coldbench.errors import Declined
from coldbench.learning import predict
from coldbench.models import Model, open_model
from coldbench.tasks import Tasks
from tests.models.worlds import NOBODY, NOTHING, content, support_of, world

NEAR = 3e-5  # rating points: float32 sums in batches of another shape
NO_NEW_ITEMS = {"metaemb", "mwuf"}  # they make the ids of cold items while they train
NO_CONTENT = {"bias", "global-mean", "global-median", "item-mean", "support-mean", "support-median"}

LEARNERS = [
    pytest.param(name, marks=[pytest.mark.thorough] if name == "mamo-released" else [])
    for name in registry.names("learner")
]  # one user after the other


def harness(model: Model, ratings: Ratings, support: pd.DataFrame, user: int) -> Array:
    """The predictions of the harness for one user, who has this place, and all items, [I]."""
    n, given = ratings.catalogue.n_items, len(support)
    support = support.assign(place=pd.Index(ratings.item_id).get_indexer(support["item"]))
    support = support.sort_values("place")
    rows = Ratings(
        "asked", np.zeros(given + n, np.int32),
        np.concatenate([support["place"], np.arange(n)]).astype(np.int32),
        np.concatenate([support["rating"], np.full(n, 3)]).astype(np.float32),
        None, ratings.scale, ratings.catalogue, ratings.user_id, ratings.item_id,
    )  # fmt: skip
    lists = Ragged.of(np.arange(given), np.array([given]))
    query = Ragged.of(given + np.arange(n), np.array([n]))
    tasks = Tasks(np.array([user], np.int64), lists, query, np.zeros(n, np.int8))
    score = predict(model.members[0], tasks, rows).score
    return score.clip(ratings.scale.low, ratings.scale.high)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", LEARNERS)
def test_answers_are_those_of_the_harness(name: str, stored: Callable[[str], Path]) -> None:
    """Of users with content, which is that of users of the catalogue, and of those without."""
    try:
        model = open_model(stored(name))
    except Declined as error:
        pytest.skip(str(error))
    _, whole = world()
    support = support_of(whole, NOBODY)
    unknown = (whole.catalogue.n_users,) * len(NOBODY)
    for users, places in ((None, unknown), (content(whole, "user", NOBODY), NOBODY)):
        found = model.predict(support, users=users)
        assert list(found.columns) == ["user", "item", "prediction"]
        assert list(found["item"][: len(whole.item_id)]) == list(whole.item_id)
        for user, place in zip(whole.user_id[list(NOBODY)], places, strict=True):
            expected = harness(model, whole, support[support["user"] == user], place)
            own = found.loc[found["user"] == user, "prediction"]
            assert np.abs(own.to_numpy() - expected).max() <= NEAR


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", registry.names("learner"))
def test_new_items_are_like_known_ones_of_the_same_content(
    name: str, stored: Callable[[str], Path]
) -> None:
    """An item that training did not know gets the predictions of one that nobody has rated."""
    try:
        model = open_model(stored(name))
    except Declined as error:
        pytest.skip(str(error))
    _, whole = world()
    support = support_of(whole, NOBODY)
    old = content(whole, "item", NOTHING)
    items = pd.concat([old, old.assign(item="new-" + old["item"])])
    answers = model.predict(support, items=items, users=content(whole, "user", NOBODY))
    table = answers.pivot(index="user", columns="item", values="prediction")
    if name in NO_CONTENT | NO_NEW_ITEMS:
        assert list(table.columns) == sorted(old["item"])
        assert "3 items" in answers.attrs["notes"][-1]
        return
    for item in old["item"]:
        assert np.abs(table[item] - table[f"new-{item}"]).max() <= NEAR, item
