"""A pack that does not fit: two things that differ, and the command that mends it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coldbench.data.opening import open_dataset
from coldbench.data.ratings import Field, Ratings
from coldbench.errors import DataError, StoreError, UsageError
from coldbench.league.packs.asking import Asked
from coldbench.league.packs.fitting import check_data, check_protocol, open_data
from coldbench.league.packs.opening import Pack
from coldbench.study.config import StudyConfig
from coldbench.study.manifest import Manifest
from coldbench.study.store import Study
from tests.studies import TINY


@pytest.fixture
def plan(packed_study: Path) -> Manifest:
    return Study.open(packed_study).manifest


@pytest.fixture
def asked(made: Pack) -> Asked:
    return Asked("mine", made, StudyConfig())


@pytest.fixture
def ratings(plan: Manifest) -> Ratings:
    return open_dataset("synthetic", TINY)


def other(plan: Manifest, **fixed: Any) -> Manifest:
    return plan.model_copy(update={"fixed": {**plan.fixed, **fixed}})


def test_the_data_of_the_pack_fit(asked: Asked, plan: Manifest, ratings: Ratings) -> None:
    check_data(asked, plan, ratings)
    check_protocol(asked, plan)
    assert open_data(asked, plan).sha256 == ratings.sha256


def test_other_ratings_are_told_apart_from_other_content(
    asked: Asked, plan: Manifest, ratings: Ratings
) -> None:
    fewer = open_dataset("synthetic", {**TINY, "n_ratings": 5000})
    with pytest.raises(DataError, match=r"other ratings \(5,000 here, 6,000 there\)"):
        check_data(asked, plan, fewer)
    changed = open_dataset("synthetic", {**TINY, "seed": 7})
    with pytest.raises(DataError, match=r"other ratings \(6,000 as there\)"):
        check_data(asked, plan, changed)
    item = ratings.catalogue.item_fields
    renamed = (Field(f"{item[0].name}_", *_rest(item[0])), *item[1:])
    catalogue = replace(ratings.catalogue, item_fields=renamed)
    content = replace(ratings, catalogue=catalogue, sha256="", rows_sha256="")
    with pytest.raises(DataError, match="the same ratings with other content"):
        check_data(asked, plan, content)
    moved = replace(ratings, best=None, sha256="", rows_sha256="")
    with pytest.raises(DataError, match=r"other titles.*enter mine --reference embedded@1 --data"):
        check_data(asked, plan, moved)


def test_words_of_a_pack_say_nothing_to_a_terminal(
    asked: Asked, plan: Manifest, ratings: Ratings
) -> None:
    update = {"edition": "\x1b[31mred", "obtain": "\x1b[2J", "dataset": "\x1b]0;owned"}
    pack = replace(asked.pack, facts=asked.pack.facts.model_copy(update=update))
    with pytest.raises(DataError) as caught:
        check_data(replace(asked, pack=pack), other(plan, dataset_sha256="0"), ratings)
    assert str(caught.value).isprintable()
    with pytest.raises(UsageError) as missing:
        open_data(replace(asked, pack=pack), other(plan, dataset="\x1b[5m"))
    assert str(missing.value).isprintable()


def _rest(field: Field) -> tuple[Any, ...]:
    return field.kind, field.size, field.values, field.labels


def test_the_same_data_under_another_name(asked: Asked, plan: Manifest, ratings: Ratings) -> None:
    with pytest.raises(DataError, match="under another name, 'synthetic' instead of 'ml-100k'"):
        check_data(asked, other(plan, dataset="ml-100k"), ratings)


def test_data_that_no_name_finds_have_to_be_named(asked: Asked, plan: Manifest) -> None:
    with pytest.raises(UsageError, match="say where it is with --data FOLDER"):
        open_data(asked, other(plan, dataset="hin-amazon"))


@pytest.mark.parametrize("version", [2, 9])
def test_another_version_of_the_protocol(asked: Asked, plan: Manifest, version: int) -> None:
    options = {**plan.fixed["protocol_options"], "version": version}
    with pytest.raises(StoreError, match=rf"is of version {version}.*gives version 3.*`coldbench"):
        check_protocol(asked, other(plan, protocol_options=options))


def test_numbers_that_the_protocol_does_not_take(asked: Asked, plan: Manifest) -> None:
    options = {**plan.fixed["protocol_options"], "magic": 7}
    with pytest.raises(StoreError, match="does not take"):
        check_protocol(asked, other(plan, protocol_options=options))
    with pytest.raises(StoreError, match="which this coldbench lacks"):
        check_protocol(asked, other(plan, protocol="unheard-of"))
