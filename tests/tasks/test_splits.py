"""Splits obey set algebra: disjoint, complete, nothing invented, nothing leaked."""

import dataclasses

import numpy as np
import pytest

from coldbench.data import open_dataset
from coldbench.data.ratings import Ratings
from coldbench.rng import Seeds
from coldbench.tasks.protocols import All, Mixed, Protocol, Separate
from coldbench.tasks.splits import SCENARIOS, Split, Tasks

PROTOCOLS_HERE = [Separate(), All(), Mixed()]


@pytest.fixture(params=PROTOCOLS_HERE, ids=lambda p: p.name)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def split(protocol: Protocol, ratings: Ratings) -> Split:
    return protocol.split(ratings, Seeds.joint(0))


def rows(tasks: Tasks) -> np.ndarray:
    return np.concatenate([tasks.support.rows, tasks.query.rows])


def test_test_rows_are_disjoint_and_belong_to_their_user(split: Split, ratings: Ratings) -> None:
    assert len(np.unique(rows(split.test))) == len(rows(split.test))
    for lists in (split.test.support, split.test.query):
        assert np.array_equal(ratings.user[lists.rows], split.test.user[lists.owner])
    assert len(split.test.scenario) == len(split.test.query.rows)
    assert set(split.test.scenario) == set(range(4))


def test_no_query_and_no_cold_rating_trains(
    split: Split, protocol: Protocol, ratings: Ratings
) -> None:
    train = split.train.rows
    assert not np.intersect1d(train, split.test.query.rows).size
    assert np.array_equal(ratings.user[train], split.train_user[split.train.owner])
    if protocol.name == "mixed":
        assert not np.intersect1d(split.train_user, split.test.user).size
    else:
        assert not split.cold_user[ratings.user[train]].any()
        assert not split.cold_item[ratings.item[train]].any()


def test_validation_comes_from_training_rows_only(split: Split) -> None:
    held = rows(split.validation)
    assert np.isin(held, split.train.rows).all()
    assert not np.isin(split.validation.query.rows, split.inner.rows).any()
    assert np.isin(split.inner.rows, split.train.rows).all()
    assert len(set(split.validation.scenario)) >= 3


def test_pseudo_cold_items_are_unseen_in_inner_training(ratings: Ratings) -> None:
    split = Separate().split(ratings, Seeds.joint(1))
    cold = split.validation.query.rows[split.validation.scenario % 2 == 1]
    assert not np.isin(ratings.item[cold], ratings.item[split.inner.rows]).any()


def test_pseudo_cold_users_are_unseen_in_inner_training(ratings: Ratings) -> None:
    split = Separate().split(ratings, Seeds.joint(1))
    cold = split.validation.query.rows[split.validation.scenario >= 2]
    assert not np.isin(ratings.user[cold], ratings.user[split.inner.rows]).any()


@pytest.fixture(scope="module")
def many(own_cache: None) -> Ratings:
    """Enough users for 50 validation tasks of every scenario but C-C."""
    return open_dataset("synthetic", {"n_users": 1200, "n_items": 200, "n_ratings": 60_000})


VERSIONS = {version: Separate(version=version, max_ratings=40) for version in (1, 2)}


def test_validation_tasks_are_as_long_as_test_tasks(many: Ratings) -> None:
    """Where there are enough; in C-C there are not, and shorter ones are taken too."""
    split = VERSIONS[2].split(many, Seeds.joint(0))
    for tasks in (split.validation.only(("W-W", "W-C", "C-W")), split.test):
        assert (tasks.query.lengths == 10).all()
        assert tasks.support.lengths.min() >= 3
        assert tasks.support.lengths.max() <= 30
    assert split.validation.only(("C-C",)).query.lengths.min() < 10
    before = VERSIONS[1].split(many, Seeds.joint(0)).validation
    assert before.only(("W-C",)).query.lengths.min() < 10


def test_validation_meets_users_who_are_not_trained_on_where_the_test_does(many: Ratings) -> None:
    """On pseudo-cold items only: without training ratings a user's warm tasks would be C-W ones."""
    split = VERSIONS[2].split(many, Seeds.joint(0))
    task_scenario = split.validation.scenario[split.validation.query.ptr[:-1]]
    idle = ~np.isin(split.validation.user, split.train_user)
    assert idle.sum() > 20
    assert set(task_scenario[idle]) == {SCENARIOS.index("W-C"), SCENARIOS.index("C-C")}
    tested = split.test.only(("W-C",)).user
    assert not np.isin(tested, split.train_user).all()
    assert not split.cold_user[split.validation.user].any()
    assert not split.cold_item[many.item[rows(split.validation)]].any()
    theirs = rows(split.validation)
    theirs = theirs[~np.isin(many.user[theirs], split.train_user)]
    assert not np.intersect1d(theirs, np.concatenate([split.train.rows, rows(split.test)])).size


def test_versions_differ_in_validation_only(many: Ratings) -> None:
    first, second = (protocol.split(many, Seeds.joint(3)) for protocol in VERSIONS.values())
    assert first.split_sha256 == second.split_sha256
    assert np.array_equal(rows(first.test), rows(second.test))
    assert np.array_equal(first.train.rows, second.train.rows)
    assert first.episode_sha256 != second.episode_sha256


def test_version_3_validates_on_a_draw_of_those_of_version_2(many: Ratings) -> None:
    before = VERSIONS[2].split(many, Seeds.joint(0))
    capped = Separate(max_ratings=40, validation_tasks=60).split(many, Seeds.joint(0))
    sizes = [
        np.bincount(split.validation.scenario[split.validation.query.ptr[:-1]], minlength=4)
        for split in (before, capped)
    ]
    assert sizes[0].max() > 60 > sizes[0].min()
    assert np.array_equal(np.minimum(sizes[0], 60), sizes[1])

    def tasks(split: Split) -> set[tuple[int, int, tuple[int, ...], tuple[int, ...]]]:
        given = split.validation
        found = set()
        for t in range(len(given)):
            support, query = (lists.select(np.array([t])) for lists in (given.support, given.query))
            scenario = given.scenario[given.query.ptr[t] : given.query.ptr[t + 1]]
            assert len(set(scenario)) == 1
            found.add((given.user[t], scenario[0], tuple(support.rows), tuple(query.rows)))
        return found

    assert tasks(capped) < tasks(before)
    assert np.array_equal(rows(capped.test), rows(before.test))
    assert not np.isin(capped.validation.query.rows, capped.inner.rows).any()
    given_back = np.setdiff1d(capped.inner.rows, before.inner.rows)
    assert np.isin(given_back, before.validation.only(("W-W",)).query.rows).all()


def test_records_of_earlier_versions_stay_as_they_were() -> None:
    """Run names come from the record: a field that came later must not appear in old ones."""
    for version in (1, 2):
        old = Separate.model_validate({"version": version})
        assert "validation_tasks" not in old.model_dump()
        assert Separate.model_validate(old.model_dump()) == old
    new = Separate()
    assert new.model_dump()["validation_tasks"] == 400
    assert Separate.model_validate(new.model_dump()) == new


def test_scenarios_of_separate_are_pure(ratings: Ratings) -> None:
    split = Separate().split(ratings, Seeds.joint(0))
    state = 2 * split.cold_user[ratings.user] + split.cold_item[ratings.item]
    query, support = split.test.query, split.test.support
    assert np.array_equal(state[query.rows], split.test.scenario)
    first = split.test.scenario[query.ptr[:-1]]
    assert np.array_equal(state[support.rows], first[support.owner])
    assert (query.lengths == 10).all()
    assert (support.lengths >= 3).all()
    assert (support.lengths <= 90).all()


def test_separate_trains_on_the_supports_of_warm_tasks_only(ratings: Ratings) -> None:
    split = Separate().split(ratings, Seeds.joint(0))
    warm = split.test.only(("W-W",))
    assert np.array_equal(np.sort(split.train.rows), np.sort(warm.support.rows))


def test_all_trains_on_every_warm_rating_but_the_queries(ratings: Ratings) -> None:
    split = All().split(ratings, Seeds.joint(0))
    warm = ~split.cold_user[ratings.user] & ~split.cold_item[ratings.item]
    expected = np.setdiff1d(np.flatnonzero(warm), split.test.query.rows)
    assert np.array_equal(np.sort(split.train.rows), expected)


def test_mixed_follows_time(ratings: Ratings) -> None:
    assert ratings.time is not None
    split = Mixed().split(ratings, Seeds.joint(0))
    assert (split.test.support.lengths == 15).all()
    assert (split.test.query.lengths == 5).all()
    last = np.maximum.reduceat(ratings.time[split.test.support.rows], split.test.support.ptr[:-1])
    first = np.minimum.reduceat(ratings.time[split.test.query.rows], split.test.query.ptr[:-1])
    assert (last <= first).all()
    kept = np.concatenate([split.train.rows, rows(split.test)])
    count = np.bincount(ratings.item[kept], minlength=len(split.cold_item))
    assert np.array_equal(split.cold_item, count <= 10)


def test_streams_move_alone(protocol: Protocol, ratings: Ratings) -> None:
    base = protocol.split(ratings, Seeds(0, 0, 0, 0))
    for other in (Seeds(0, 0, 5, 0), Seeds(0, 0, 0, 5)):
        assert protocol.split(ratings, other).episode_sha256 == base.episode_sha256
    episode = protocol.split(ratings, Seeds(0, 5, 0, 0))
    assert episode.split_sha256 == base.split_sha256
    if protocol.name != "mixed":  # with times, the order of mixed is no matter of chance
        assert episode.episode_sha256 != base.episode_sha256
    assert protocol.split(ratings, Seeds(5, 0, 0, 0)).episode_sha256 != base.episode_sha256


def test_without_times_and_years(protocol: Protocol, ratings: Ratings) -> None:
    plain = dataclasses.replace(
        ratings,
        time=None,
        catalogue=dataclasses.replace(ratings.catalogue, item_fields=()),
        sha256="",
    )
    split = protocol.split(plain, Seeds.joint(0))
    assert len(split.test)
    other = protocol.split(plain, Seeds.joint(1))
    assert split.episode_sha256 != other.episode_sha256


def test_duplicate_pairs_never_meet(ratings: Ratings) -> None:
    twice = dataclasses.replace(
        ratings,
        user=np.concatenate([ratings.user, ratings.user]),
        item=np.concatenate([ratings.item, ratings.item]),
        value=np.concatenate([ratings.value, ratings.value]),
        time=None,
        best=None,
        sha256="",
    )
    for protocol in PROTOCOLS_HERE:
        split = protocol.split(twice, Seeds.joint(0))
        assert rows(split.test).max() < len(ratings)


def test_warm_share_follows_the_cut_year(ratings: Ratings) -> None:
    split = Separate(cut_year=1900).split(ratings, Seeds.joint(0))
    assert split.cold_item.all()
    assert len(split.train.rows) == 0
    assert set(split.test.scenario) <= {1, 3}


def test_only_and_shots(ratings: Ratings) -> None:
    test = Mixed().split(ratings, Seeds.joint(0)).test
    parts = [test.only((name,)) for name in SCENARIOS]
    assert sum(len(part.query.rows) for part in parts) == len(test.query.rows)
    assert (test.shots(4).support.lengths == 4).all()
    assert np.array_equal(test.shots(0).query.rows, test.query.rows)


def test_at_most_so_many_test_tasks(ratings: Ratings) -> None:
    """The cap thins out the test alone: training and validation stay as they were."""
    whole = Separate().split(ratings, Seeds.joint(0))
    capped = Separate(test_tasks=5).split(ratings, Seeds.joint(0))
    assert np.array_equal(whole.train.rows, capped.train.rows)
    assert np.array_equal(whole.validation.query.rows, capped.validation.query.rows)
    assert np.isin(capped.test.query.rows, whole.test.query.rows).all()
    assert np.bincount(capped.test.scenario, minlength=4).max() <= 5 * 10
    assert len(capped.test) < len(whole.test)


def test_cold_items_at_random_change_with_the_seed_and_nothing_else_does(many: Ratings) -> None:
    by_year, drawn = Separate(), Separate(cold_items="random")
    first, second = (drawn.split(many, Seeds.joint(seed)) for seed in (0, 1))
    usual = [by_year.split(many, Seeds.joint(seed)) for seed in (0, 1)]
    assert np.array_equal(usual[0].cold_item, usual[1].cold_item)
    assert not np.array_equal(first.cold_item, second.cold_item)
    assert np.array_equal(first.cold_user, usual[0].cold_user)
    for split in (first, second):
        assert split.cold_item[many.item].mean() == pytest.approx(0.2, abs=0.02)
    again = drawn.split(many, Seeds.joint(0)._replace(episode=5, init=6, order=7))
    assert again.split_sha256 == first.split_sha256


def test_pseudo_cold_items_are_drawn_as_cold_ones_are(many: Ratings) -> None:
    """The newest warm items would be others than the test asks for."""
    year = many.catalogue.item_year
    assert year is not None
    ages = []
    for how in ("by-year", "random"):
        split = Separate(cold_items=how, max_ratings=40).split(many, Seeds.joint(0))
        asked = many.item[split.validation.query.rows[split.validation.scenario % 2 == 1]]
        warm = many.item[split.inner.rows]
        ages.append(year[asked].mean() - year[warm].mean())
        assert not np.isin(asked, warm).any()
    assert ages[0] > abs(ages[1]) + 3


def test_cold_items_by_year_leave_every_job_its_name() -> None:
    for protocol in (Separate, All):
        assert "cold_items" not in protocol().model_dump(mode="json")
        assert protocol.model_validate(protocol().model_dump(mode="json")) == protocol()
        drawn = protocol(cold_items="random").model_dump(mode="json")
        assert drawn == {**protocol().model_dump(mode="json"), "cold_items": "random"}
        assert protocol.model_validate(drawn).cold_items == "random"


def test_a_year_and_chance_cannot_both_choose() -> None:
    with pytest.raises(ValueError, match="leave cut_year out"):
        Separate(cold_items="random", cut_year=1997)


def test_without_years_items_are_cold_by_first_appearance_then_at_random(many: Ratings) -> None:
    fields = tuple(one for one in many.catalogue.item_fields if one.name != "release_year")
    catalogue = dataclasses.replace(many.catalogue, item_fields=fields)
    assert catalogue.item_year is None
    timed = dataclasses.replace(many, catalogue=catalogue)
    assert timed.time is not None
    one, two = (Separate().split(timed, Seeds.joint(seed)).cold_item for seed in (0, 1))
    assert np.array_equal(one, two)
    bare = dataclasses.replace(timed, time=None)
    one, two = (Separate().split(bare, Seeds.joint(seed)).cold_item for seed in (0, 1))
    assert not np.array_equal(one, two)
