"""Withheld ratings: copies in memory, values only where they may be seen, splits as before."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coldbench.data import open_dataset
from coldbench.data.ratings import ROLES, Ratings
from coldbench.data.withholding import withheld, without_values
from coldbench.errors import DataError
from coldbench.rng import Seeds
from coldbench.tasks.protocols import PROTOCOLS
from tests.studies import TINY


@pytest.fixture
def stored() -> Ratings:
    open_dataset("synthetic", TINY)
    return open_dataset("synthetic", TINY)  # from the cache: memory-mapped


def files_behind(array: Any) -> list[str]:
    found = []
    while array is not None:
        found += [str(array.filename)] if getattr(array, "filename", None) else []
        array = getattr(array, "base", None)
    return found


@pytest.mark.parametrize("name", PROTOCOLS)
def test_only_what_may_be_seen_is_there(name: str, stored: Ratings) -> None:
    if name == "given":
        role = np.where(np.arange(len(stored)) % 5 == 0, ROLES.index("query"), 1).astype(np.int8)
        stored = replace(stored, role=role, sha256="")
    protocol, seeds = PROTOCOLS[name](), Seeds.joint(0)
    split = protocol.split(without_values(stored), seeds)
    assert split.episode_sha256 == protocol.split(stored, seeds).episode_sha256
    seen = withheld(stored, split.visible)
    assert np.isnan(seen.value[split.test.query.rows]).all()
    known = np.unique(split.visible)
    assert np.array_equal(seen.value[known], stored.value[known])
    assert np.isnan(seen.value).sum() == len(stored) - len(known) > 0
    assert seen.best is None


def test_no_file_is_behind_an_array(stored: Ratings) -> None:
    assert any(files_behind(array) for array in stored.arrays().values())
    seen = withheld(stored, np.arange(10))
    assert [files_behind(array) for array in seen.arrays().values()] == [[]] * len(seen.arrays())
    assert seen.catalogue.item_fields[0].labels == stored.catalogue.item_fields[0].labels


def test_missing_values_of_other_ratings_are_still_refused(stored: Ratings) -> None:
    value = np.array(stored.value)
    value[3] = np.nan
    with pytest.raises(DataError, match="rating nan in row 3"):
        replace(stored, value=value)
