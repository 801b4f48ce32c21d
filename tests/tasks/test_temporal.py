"""One cut in time: nothing that trains or supports is later than what is tested."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from coldbench.data.ratings import Array, Ratings
from coldbench.errors import UsageError
from coldbench.rng import Seeds
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from coldbench.tasks.protocols import Temporal
from coldbench.tasks.protocols.cuts import as_text, cut_at, seconds_of
from coldbench.tasks.splits import Split, Tasks

SMALL = Temporal(share=0.6, min_ratings=4, query=3, max_ratings=20)
SEED = Seeds.joint(0)


def retimed(ratings: Ratings, time: Array | None) -> Ratings:
    return dataclasses.replace(ratings, time=time, sha256="")


@pytest.fixture(scope="module", params=[1, 40], ids=["seconds", "many at one moment"])
def timed(request: pytest.FixtureRequest, ratings: Ratings) -> Ratings:
    """Users arrive one after the other; at 40, most ratings share their time with others."""
    rng = np.random.default_rng(5)
    arrival = rng.integers(0, 4000, ratings.catalogue.n_users)
    released = rng.integers(0, 4000, ratings.catalogue.n_items)
    start = np.maximum(arrival[ratings.user], released[ratings.item])
    time = start + rng.exponential(200, len(ratings)).astype(np.int64)
    return retimed(ratings, time // request.param * request.param)


def latest(ratings: Ratings, tasks: Tasks) -> tuple[Array, Array]:
    """The last time of each task's support, and the first of its query."""
    assert ratings.time is not None
    times = ratings.time
    support = np.full(len(tasks), -1)
    np.maximum.at(support, tasks.support.owner, times[tasks.support.rows])
    query = np.full(len(tasks), times.max() + 1)
    np.minimum.at(query, tasks.query.owner, times[tasks.query.rows])
    return support, query


def cut_of(protocol: Temporal, ratings: Ratings) -> int:
    cut = protocol.checked(ratings).cut
    assert isinstance(cut, int)
    return cut


def check_laws(ratings: Ratings, tasks: Tasks, train: Array, cut: int) -> None:
    assert ratings.time is not None
    assert ratings.time[train].max() < cut <= ratings.time[tasks.query.rows].min()
    support, query = latest(ratings, tasks)
    assert (support <= query).all()
    known_user = np.isin(ratings.user[tasks.query.rows], ratings.user[train])
    known_item = np.isin(ratings.item[tasks.query.rows], ratings.item[train])
    assert np.array_equal(tasks.scenario, 2 * ~known_user + ~known_item)
    assert len(np.unique(tasks.query.rows)) == len(tasks.query.rows)
    assert not np.isin(tasks.query.rows, tasks.support.rows).any()


@pytest.mark.parametrize("seed", range(4))
def test_nothing_known_is_later_than_what_is_asked(timed: Ratings, seed: int) -> None:
    split = SMALL.split(timed, Seeds.joint(seed))
    assert set(split.test.scenario) == set(range(4))
    check_laws(timed, split.test, split.train.rows, cut_of(SMALL, timed))


def test_validation_is_the_same_within_the_training_ratings(timed: Ratings) -> None:
    split = SMALL.split(timed, SEED)
    assert timed.time is not None
    second = timed.time[split.inner.rows].max() + 1
    check_laws(timed, split.validation, split.inner.rows, second)
    held = np.concatenate([split.validation.support.rows, split.validation.query.rows])
    assert np.isin(held, split.train.rows).all()
    assert len(set(split.validation.scenario)) >= 3
    share = len(split.inner.rows) / len(split.train.rows)
    assert share == pytest.approx(0.8, abs=0.05)


def test_what_supports_a_task(timed: Ratings) -> None:
    """A warm user by their training ratings, a new user by their first ones in the scenario."""
    split = SMALL.split(timed, SEED)
    new = split.test.scenario[split.test.query.ptr[:-1]] >= 2
    by_rows = new[split.test.support.owner]
    assert np.isin(split.test.support.rows[~by_rows], split.train.rows).all()
    assert not np.isin(split.test.support.rows[by_rows], split.train.rows).any()
    total = split.test.support.lengths + split.test.query.lengths
    assert total.min() >= 4
    assert total.max() <= 20
    assert (split.test.query.lengths[new] == 3).all()
    assert split.test.query.lengths.min() >= 1


def test_the_support_of_a_new_user_lacks_none_of_the_earlier_ratings(timed: Ratings) -> None:
    split = Temporal(min_ratings=4, query=3, max_ratings=1000, users=1).split(timed, SEED)
    assert timed.time is not None
    task = int(np.flatnonzero(split.test.scenario[split.test.query.ptr[:-1]] == 2)[0])
    rows = np.concatenate(
        [lists.select(np.array([task])).rows for lists in (split.test.support, split.test.query)]
    )
    mine = np.flatnonzero(timed.user == split.test.user[task])
    mine = mine[~split.cold_item[timed.item[mine]]]
    assert np.array_equal(np.sort(rows), mine)
    assert (np.diff(timed.time[rows]) >= 0).all()


def test_the_cut_is_the_same_at_every_seed_and_users_are_drawn(timed: Ratings) -> None:
    checked = SMALL.checked(timed)
    one, two = (checked.split(timed, Seeds.joint(seed)) for seed in (0, 1))
    users = [np.unique(np.concatenate([s.train_user, s.test.user])) for s in (one, two)]
    assert not np.array_equal(*users)
    assert max(map(len, users)) <= round(0.8 * timed.catalogue.n_users)
    again = checked.split(timed, SEED._replace(episode=4))
    assert again.split_sha256 == one.split_sha256
    assert np.array_equal(np.sort(again.train.rows), np.sort(one.train.rows))
    for other in (SEED._replace(init=5), SEED._replace(order=5)):
        assert checked.split(timed, other).episode_sha256 == one.episode_sha256


def test_with_all_users_the_split_never_changes_and_says_so(timed: Ratings) -> None:
    everyone = SMALL.model_copy(update={"users": 1.0})
    one, two = (everyone.split(timed, Seeds.joint(seed)) for seed in (0, 1))
    assert one.split_sha256 == two.split_sha256
    assert "the same at every seed: a spread over seeds is" in everyone.statements()[0]
    assert "A seed draws the 80 % of users" in SMALL.statements()[0]


def test_ratings_of_one_moment_are_in_random_order(timed: Ratings) -> None:
    one, two = (SMALL.split(timed, SEED._replace(episode=seed)) for seed in (0, 1))
    assert timed.time is not None
    ties = len(np.unique(timed.time)) < len(timed) / 10
    assert (one.episode_sha256 != two.episode_sha256) or not ties


def test_a_cut_parts_no_moment() -> None:
    times = np.array([1, 1, 1, 1, 2, 2, 2, 2, 2, 3])
    assert cut_at(times, 0.8) == 3  # 9 of 10 before it is nearer than 4
    assert cut_at(times, 0.6) == 2
    assert cut_at(times, 0.01) == 2
    assert cut_at(np.full(5, 7), 0.8) is None


def test_a_cut_may_be_a_day_or_seconds(timed: Ratings) -> None:
    assert timed.time is not None
    day = retimed(timed, timed.time * 3600)
    written = SMALL.model_validate({**SMALL.model_dump(), "cut": "1970-05-01"})
    assert written.cut == date(1970, 5, 1)
    checked = written.checked(day)
    assert checked.cut == seconds_of(date(1970, 5, 1)) == 120 * 86400
    assert as_text(120 * 86400) == "1970-05-01"
    again = Temporal.model_validate_json(checked.model_dump_json())
    assert again == checked == again.checked(day)
    split = checked.split(day, SEED)
    assert day.time is not None
    assert day.time[split.train.rows].max() < 120 * 86400
    assert split.split_sha256 == again.split(day, SEED).split_sha256


def test_the_first_rating_of_a_pair_counts(timed: Ratings) -> None:
    """A pair that was rated before the cut is not asked after it."""
    assert timed.time is not None
    twice = dataclasses.replace(
        timed,
        **{
            name: np.concatenate([getattr(timed, name)] * 2)
            for name in ("user", "item", "value", "best")
        },
        time=np.concatenate([timed.time + 100_000, timed.time]),
        sha256="",
    )
    cut = cut_of(SMALL, timed)
    split = SMALL.model_copy(update={"cut": cut}).split(twice, SEED)
    assert split.train.rows.min() >= len(timed)
    assert split.test.query.rows.min() >= len(timed)


def refused(ratings: Ratings, **options: object) -> str:
    with pytest.raises(UsageError) as error:
        Temporal.model_validate(options).checked(ratings)
    return str(error.value)


def test_data_without_a_before_and_after_are_refused(timed: Ratings) -> None:
    assert refused(retimed(timed, None)) == (
        "protocol 'temporal': synthetic has no times, and this protocol cuts in time: "
        "use separate or mixed"
    )
    assert refused(retimed(timed, np.full(len(timed), 86400))) == (
        "protocol 'temporal': all ratings of synthetic have the same time (1970-01-02), so there "
        "is no before and after: use separate or mixed"
    )
    assert as_text(10**15) == "1000000000000000 s"
    assert refused(timed, cut="2030-01-01").startswith(
        "protocol 'temporal': nothing comes before or nothing after the cut at 2030-01-01: the "
        "ratings of synthetic are from 1970-01-01"
    )


def test_the_plan_refuses_and_records_the_cut(config: StudyConfig) -> None:
    late = config.model_copy(
        update={"protocol": "temporal", "protocol_options": {"cut": "2030-01-01"}}
    )
    with pytest.raises(UsageError, match="nothing comes before or nothing after"):
        plan(late)
    ratings, jobs = plan(late.model_copy(update={"protocol_options": {"share": 0.7}}))
    assert ratings.time is not None
    cut = jobs[0].protocol_options["cut"]
    assert (ratings.time < cut).mean() == pytest.approx(0.7, abs=0.01)


def test_too_few_ratings_are_no_tasks(timed: Ratings) -> None:
    split: Split = Temporal(min_ratings=400, max_ratings=405).split(timed, SEED)
    assert len(split.test) == 0
    assert len(split.train.rows) > 0
    with pytest.raises(ValueError, match="give a day such as 2014-05-01, or Unix seconds"):
        Temporal(cut="soon")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="max_ratings must exceed query and reach min_ratings"):
        Temporal(max_ratings=10)
