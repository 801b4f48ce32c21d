"""Tasks that others divided: replayed as they are, or refused with the reason."""

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coldbench.data import from_frames
from coldbench.data.ratings import ROLES, Ratings
from coldbench.errors import DataError, UsageError
from coldbench.rng import Seeds
from coldbench.tasks.protocols import Given
from coldbench.tasks.splits import SCENARIOS, Split, Tasks
from tests.tasks.states import melu_states, write_states

SEED = Seeds.joint(0)
TRAIN, VALIDATION, SUPPORT, QUERY = 1, 2, 3, 4


def roles(seed: int = 0) -> pd.DataFrame:
    """40 users with 20 ratings each: 30 train, one of these is tested on held-out ratings; of ten
    others some ratings support and others are asked; items 40 to 49 never train."""
    rng = np.random.default_rng(seed)
    lines = []
    for user in range(40):
        for place, item in enumerate(rng.permutation(50)[:20]):
            if user < 30:
                role = "train" if item < 40 and place < 16 else "test"
            else:
                role = "support" if place < 12 else "test"
            lines.append((f"u{user}", f"i{item}", float(rng.integers(1, 6)), role))
    return pd.DataFrame(lines, columns=["user", "item", "rating", "split"])


@pytest.fixture(scope="module")
def marked() -> Ratings:
    return from_frames(roles(), name="marked", scale=(1, 5, 1))


@pytest.fixture(scope="module")
def split(marked: Ratings) -> Split:
    return Given().checked(marked).split(marked, SEED)


def test_a_column_of_roles_is_followed(marked: Ratings, split: Split) -> None:
    assert marked.role is not None
    assert np.array_equal(np.sort(split.train.rows), np.flatnonzero(marked.role == TRAIN))
    assert np.array_equal(np.sort(split.test.query.rows), np.flatnonzero(marked.role == QUERY))
    trained_users = np.unique(marked.user[split.train.rows])
    trained_items = np.unique(marked.item[split.train.rows])
    rows = split.test.query.rows
    expected = 2 * ~np.isin(marked.user[rows], trained_users) + ~np.isin(
        marked.item[rows], trained_items
    )
    assert np.array_equal(split.test.scenario, expected)
    assert set(split.test.scenario) == set(range(4))


def test_support_is_what_is_marked_else_the_training_ratings(marked: Ratings, split: Split) -> None:
    assert marked.role is not None
    for t in range(len(split.test)):
        user, rows = split.test.user[t], split.test.support.select(np.array([t])).rows
        own = marked.user == user
        role = SUPPORT if (own & (marked.role == SUPPORT)).any() else TRAIN
        assert np.array_equal(np.sort(rows), np.flatnonzero(own & (marked.role == role)))


def test_without_validation_ratings_some_are_carved_out_of_training(split: Split) -> None:
    held = np.concatenate([split.validation.support.rows, split.validation.query.rows])
    assert len(split.validation) > 0
    assert np.isin(held, split.train.rows).all()
    assert not np.isin(split.validation.query.rows, split.inner.rows).any()


def test_given_validation_ratings_validate_and_never_train() -> None:
    frame = roles()
    frame.loc[(frame.split == "test") & (frame.index % 3 == 0), "split"] = "dev"
    ratings = from_frames(frame, name="marked", scale=(1, 5, 1))
    split = Given().split(ratings, SEED)
    wanted = np.flatnonzero(ratings.role == VALIDATION)
    assert np.array_equal(np.sort(split.validation.query.rows), wanted)
    assert np.array_equal(split.inner.rows, split.train.rows)
    assert not np.isin(wanted, np.concatenate([split.train.rows, split.test.query.rows])).any()
    for other in (Seeds.joint(3), SEED._replace(episode=5)):
        assert Given().split(ratings, other).episode_sha256 == split.episode_sha256


def table(folder: Path, frame: pd.DataFrame, name: str = "tasks.csv") -> Path:
    path = folder / name
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.fixture(scope="module")
def bare() -> Ratings:
    """The same ratings without their roles."""
    return from_frames(roles().drop(columns="split"), name="bare", scale=(1, 5, 1))


@pytest.mark.parametrize("name", ["tasks.csv", "tasks.tsv", "tasks.parquet"])
def test_a_file_of_roles_gives_what_a_column_gives(
    tmp_path: Path, bare: Ratings, split: Split, name: str
) -> None:
    path = table(tmp_path, roles().sample(frac=1, random_state=1), name)
    checked = Given(file=path).checked(bare)
    assert checked.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    made = checked.split(bare, SEED)
    assert made.split_sha256 == split.split_sha256
    assert np.array_equal(np.sort(made.train.rows), np.sort(split.train.rows))
    assert tasks_of(made.test, bare) == tasks_of(split.test, bare)


def tasks_of(tasks: Tasks, ratings: Ratings) -> set[tuple[Any, ...]]:
    """(user, support, queries with scenarios), whatever the order."""
    found = set()
    for t in range(len(tasks)):
        support, query = (p.select(np.array([t])).rows for p in (tasks.support, tasks.query))
        scenario = tasks.scenario[tasks.query.ptr[t] : tasks.query.ptr[t + 1]]
        asked = frozenset(zip(query.tolist(), scenario.tolist(), strict=True))
        found.add((str(ratings.user_id[tasks.user[t]]), frozenset(support.tolist()), asked))
    return found


def test_the_record_has_the_hash_and_no_path(tmp_path: Path, bare: Ratings) -> None:
    path = table(tmp_path, roles())
    checked = Given(file=path).checked(bare)
    recorded = checked.model_dump(mode="json")
    assert "file" not in recorded
    assert str(tmp_path) not in json.dumps(recorded)
    again = Given.model_validate(recorded)
    expected = checked.split(bare, SEED).episode_sha256
    path.unlink()
    assert again.split(bare, SEED).episode_sha256 == expected
    assert again.checked(bare) == again


def test_a_changed_file_is_another_job(tmp_path: Path, bare: Ratings) -> None:
    frame = roles()
    first = Given(file=table(tmp_path, frame)).checked(bare)
    frame.loc[frame.split == "test", "split"] = "query"
    second = Given(file=table(tmp_path, frame)).checked(bare)
    assert first.sha256 != second.sha256
    path = tmp_path / "tasks.csv"
    assert refused(bare, file=path, sha256=first.sha256) == (
        f"'{path}' has SHA-256 {second.sha256}, not {first.sha256}: these are other tasks"
    )
    absent = "0" * 64
    with pytest.raises(
        DataError, match=r"no tasks with SHA-256 '0+' in .*: say --set protocol\.file"
    ):
        Given(sha256=absent).checked(bare)


def test_what_is_kept_holds_no_rating(tmp_path: Path, bare: Ratings) -> None:
    from coldbench.tasks.published.kept import open_kept

    checked = Given(file=table(tmp_path, roles())).checked(bare)
    assert np.isnan(open_kept(checked.sha256).value).all()


def test_a_user_may_have_several_tasks_and_scenarios_may_be_stated(
    tmp_path: Path, bare: Ratings
) -> None:
    frame = roles()
    frame["task"] = np.where(frame.user == "u35", frame.index % 2, 0)
    frame["scenario"] = np.where(frame.split == "test", "C-W", "")
    split = Given(file=table(tmp_path, frame)).checked(bare).split(bare, SEED)
    user = int(np.flatnonzero(bare.user_id == "u35")[0])
    assert (split.test.user == user).sum() == 2
    assert set(split.test.scenario) == {SCENARIOS.index("C-W")}
    checked = Given(file=table(tmp_path, frame)).checked(bare)
    assert checked.found["other_scenario"] > 0
    assert any("in a scenario that training does not bear" in s for s in checked.statements())


def refused(ratings: Ratings, **options: object) -> str:
    with pytest.raises((UsageError, DataError)) as error:
        Given.model_validate(options).checked(ratings)
    return str(error.value)


def test_data_without_roles_need_a_file(ratings: Ratings) -> None:
    assert refused(ratings) == (
        "protocol 'given': synthetic has no column split or role; give the tasks as --set "
        "protocol.file=PATH"
    )


def test_a_leak_is_refused_or_replayed_and_said(tmp_path: Path, bare: Ratings) -> None:
    frame = roles()
    asked = frame[(frame.split == "test") & (frame.user == "u3")].head(2)
    path = table(tmp_path, pd.concat([frame, asked.assign(split="train")]))
    told = refused(bare, file=path)
    first = asked.iloc[0]
    assert told == (
        f"protocol 'given': {path}: 2 of the ratings to predict also train, validate or support, "
        f"the first is user 'u3', item '{first['item']}': such tasks leak. --set "
        "protocol.allow_overlap=true replays them, and every report says so"
    )
    checked = Given(file=path, allow_overlap=True).checked(bare)
    assert checked.found["overlap"] == 2
    split = checked.split(bare, SEED)
    assert np.isin(split.test.query.rows, split.train.rows).sum() == 2
    assert any(text.startswith("2 of the ratings to predict also") for text in checked.statements())


def test_a_repeated_pair_on_both_sides_leaks_too() -> None:
    frame = roles()
    asked = frame[frame.split == "test"].head(1)
    ratings = from_frames(
        pd.concat([frame, asked.assign(split="train", rating=1.0)]), name="m", scale=(1, 5, 1)
    )
    assert "1 of the ratings to predict also train" in refused(ratings)


def test_ids_that_do_not_meet(tmp_path: Path, bare: Ratings) -> None:
    frame = roles()
    path = table(tmp_path, frame.assign(user=frame.user.str[1:] + ".0"))
    assert refused(bare, file=path) == (
        "none of the 40 users of the tasks is in bare: are they named otherwise? The tasks have "
        "'0.0', the data 'u0'"
    )
    lost = frame.copy()
    lost.loc[0, "user"], lost.loc[1, "item"] = "nobody", "nothing"
    lost.loc[2, "item"] = next(
        f"i{k}" for k in range(50) if f"i{k}" not in set(frame[frame.user == "u0"].item)
    )
    path = table(tmp_path, lost)
    assert refused(bare, file=path) == (
        f"protocol 'given': {path}: 3 of the ratings are not in bare: 1 of unknown users, 1 of "
        f"unknown items, 1 of pairs without a rating; the first is user 'nobody', item "
        f"'{lost.item[0]}'. --set protocol.allow_missing=true leaves them out, and every report "
        "says so"
    )
    checked = Given(file=path, allow_missing=True).checked(bare)
    assert checked.found["missing"] == 3
    assert any("not quite the tasks that were published" in s for s in checked.statements())


def test_ratings_that_differ(tmp_path: Path, bare: Ratings) -> None:
    frame = roles()
    real = frame.rating[5]
    frame.loc[5, "rating"] = real % 5 + 1
    path = table(tmp_path, frame)
    assert refused(bare, file=path) == (
        f"protocol 'given': {path}: 1 of the ratings differ from those of bare: the first is user "
        f"'u0', item '{frame['item'][5]}', with {real % 5 + 1:g} there and {real:g} in the data. "
        "--set protocol.allow_differing=true takes those of the data, and every report says so"
    )
    checked = Given(file=path, allow_differing=True).checked(bare)
    assert checked.found["differing"] == 1
    recorded = Given.model_validate(checked.model_dump(mode="json"))
    assert recorded.checked(bare) == recorded  # although what is kept has no ratings


def test_what_no_option_allows(tmp_path: Path, bare: Ratings) -> None:
    frame = roles()
    asked = frame[(frame.split == "test") & (frame.user == "u35")].head(1)
    item = asked["item"].iloc[0]
    both = table(tmp_path, pd.concat([frame, asked.assign(split="support")]))
    assert refused(bare, file=both, allow_overlap=True).endswith(
        f"user 'u35', item '{item}' is support and query of the same task"
    )
    twice = pd.concat([frame.assign(task="a"), asked.assign(task="b")])
    assert refused(bare, file=table(tmp_path, twice)).endswith(
        f"user 'u35', item '{item}' is in two test tasks; a rating can be asked once"
    )
    none = table(tmp_path, frame[frame.split != "train"])
    assert refused(bare, file=none).endswith("no line is left to train on")
    none = table(tmp_path, frame[frame.split != "test"])
    assert refused(bare, file=none).endswith("no line is left to test on")


def test_users_without_any_support_are_counted(tmp_path: Path, bare: Ratings) -> None:
    frame = roles()
    path = table(tmp_path, frame[(frame.split != "support") | (frame.user != "u35")])
    checked = Given(file=path).checked(bare)
    assert checked.found["unsupported"] == 1
    split = checked.split(bare, SEED)
    user = int(np.flatnonzero(bare.user_id == "u35")[0])
    assert split.test.support.lengths[split.test.user == user].tolist() == [0]


Change = Callable[[pd.DataFrame], pd.DataFrame]
ODD_TABLES: Mapping[str, tuple[str, Change]] = {
    "has no column 'item', only 'user'": ("a.csv", lambda f: f[["user"]]),
    "line 4: role is 'tets'; known are train, validation, support, query, training": (
        "a.csv", lambda f: f.assign(split=f.split.where(f.index != 2, "tets"))),
    "line 3: rating is 'good'; a number is expected": (
        "a.csv", lambda f: f.astype({"rating": str}).assign(
            rating=lambda g: g.rating.where(g.index != 1, "good"))),
    "scenario is 'cold'; known are w-w, w-c, c-w, c-c": (
        "a.csv", lambda f: f.assign(scenario="cold")),
    "has two columns of the same name": ("a.csv", lambda f: f.assign(role=f.split)),
    "no line of a task": ("a.csv", lambda f: f.head(0)),
    "tasks are read from .csv, .tsv, .parquet, or a folder": ("a.txt", lambda f: f),
    "give the folder that holds the JSON files": ("a.json", lambda f: f),
}  # fmt: skip


@pytest.mark.parametrize("told", ODD_TABLES)
def test_odd_tables(tmp_path: Path, bare: Ratings, told: str) -> None:
    name, change = ODD_TABLES[told]
    assert told in refused(bare, file=table(tmp_path, change(roles()), name))


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_noise_is_no_table(tmp_path: Path, bare: Ratings, name: str) -> None:
    rng = np.random.default_rng(0)
    for size in (0, 10, 3000):
        (tmp_path / name).write_bytes(rng.bytes(size))
        assert refused(bare, file=tmp_path / name)
    assert "no such file or folder of tasks" in refused(bare, file=tmp_path / "absent.csv")


@pytest.fixture(scope="module")
def states(ratings: Ratings) -> dict[str, Any]:
    return melu_states(ratings)


BOUNDS = {"min_ratings": 8, "query": 4, "max_ratings": 60}


def test_states_are_replayed(tmp_path: Path, ratings: Ratings, states: dict[str, Any]) -> None:
    write_states(tmp_path, states)
    checked = Given(file=tmp_path, **BOUNDS).checked(ratings)
    lines = "".join(
        f"{hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(path.name for path in tmp_path.iterdir())
    )
    assert checked.sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert checked.found.keys() <= {"other_scenario"}  # users left out for their many ratings
    split = checked.split(ratings, SEED)
    place = {str(user): k for k, user in enumerate(ratings.user_id)}
    for state, scenario in (
        ("item_cold_state", 1), ("user_cold_state", 2), ("user_and_item_cold_state", 3),
    ):  # fmt: skip
        here = split.test.only((SCENARIOS[scenario],))
        lists = {place[u]: i for u, i in states[state].items() if 8 <= len(i) <= 60}
        assert sorted(here.user) == sorted(lists)
        assert (here.query.lengths == 4).all()
        for t, user in enumerate(here.user):
            known, asked = (p.select(np.array([t])).rows for p in (here.support, here.query))
            items = ratings.item_id[ratings.item[np.concatenate([known, asked])]]
            assert sorted(map(str, items)) == sorted(map(str, lists[user]))
    trained = {u for u, i in states["warm_state"].items() if 8 <= len(i) <= 60}
    assert set(ratings.user_id[split.train_user]) == trained


def test_seeds_divide_states_anew_or_the_last_are_asked(
    tmp_path: Path, ratings: Ratings, states: dict[str, Any]
) -> None:
    write_states(tmp_path, states)
    drawn = Given(file=tmp_path, **BOUNDS).checked(ratings)
    one, two = (drawn.split(ratings, SEED._replace(episode=seed)) for seed in (0, 1))
    assert one.split_sha256 == two.split_sha256
    assert not np.array_equal(one.test.query.rows, two.test.query.rows)
    last = Given(file=tmp_path, division="last", **BOUNDS).checked(ratings)
    one, two = (last.split(ratings, SEED._replace(episode=seed)) for seed in (0, 1))
    assert np.array_equal(one.test.query.rows, two.test.query.rows)
    asked = ratings.item_id[ratings.item[one.test.query.select(np.array([0])).rows]]
    state = ("warm", "item_cold", "user_cold", "user_and_item_cold")[one.test.scenario[0]]
    listed = states[f"{state}_state"][str(ratings.user_id[one.test.user[0]])]
    assert list(asked) == [str(item) for item in listed[-4:]]


def test_names_of_metahin_and_a_leak_between_states(
    tmp_path: Path, ratings: Ratings, states: dict[str, Any]
) -> None:
    names = {
        "warm_state": "meta_training",
        "item_cold_state": "item_cold_testing",
        "user_cold_state": "user_cold_testing",
        "user_and_item_cold_state": "user_and_item_cold_testing",
    }
    renamed = {
        f"{names[k.removesuffix('_y')]}{'_y' if k.endswith('_y') else ''}": v
        for k, v in states.items()
    }
    write_states(tmp_path, renamed)
    before = Given(file=tmp_path, **BOUNDS).checked(ratings)
    assert len(before.split(ratings, SEED).test)
    user = next(u for u, i in states["warm_state"].items() if 8 <= len(i) <= 60)
    leak = {"warm_up": {user: states["warm_state"][user]}}
    write_states(tmp_path, renamed | leak)
    count = len(leak["warm_up"][user])
    assert f"{count} of the ratings to predict also train" in refused(
        ratings, file=tmp_path, **BOUNDS
    )
    checked = Given(file=tmp_path, allow_overlap=True, **BOUNDS).checked(ratings)
    assert checked.found["overlap"] == count
    assert len(checked.split(ratings, SEED).test.only(("W-W",))) == 1


ODD_STATES: Mapping[str, Mapping[str, str]] = {
    "nothing to train on: it has none of warm_state.json, user_warm_state.json": {
        "user_cold_state.json": '{"1": [1]}'},
    "nothing to test on: it has none of warm_up.json": {"warm_state.json": '{"1": [1]}'},
    "warm_state.json is no JSON": {"warm_state.json": "{", "warm_up.json": "{}"},
    "warm_state.json: expected a mapping of users to lists": {
        "warm_state.json": "[]", "warm_up.json": "{}"},
    "warm_state.json: user '1' has '7', not a list": {
        "warm_state.json": '{"1": 7}', "warm_up.json": "{}"},
    "warm_state.json: user '1' is there twice": {
        "warm_state.json": '{"1": [1], "1": [2]}', "warm_up.json": "{}"},
    "warm_state.json: '1.5' is no id of an item": {
        "warm_state.json": '{"1": [1.5]}', "warm_up.json": "{}"},
    "user '1' has 2 items in warm_state.json and 1 ratings in warm_state_y.json": {
        "warm_state.json": '{"1": [1, 2]}', "warm_state_y.json": '{"1": [5]}',
        "warm_up.json": "{}"},
    "warm_state_y.json: rating 'good' is no number": {
        "warm_state.json": '{"1": [1]}', "warm_state_y.json": '{"1": ["good"]}',
        "warm_up.json": "{}"},
}  # fmt: skip


@pytest.mark.parametrize("told", ODD_STATES)
def test_odd_states(tmp_path: Path, ratings: Ratings, told: str) -> None:
    for name, text in ODD_STATES[told].items():
        (tmp_path / name).write_text(text)
    assert told in refused(ratings, file=tmp_path)


def test_roles_are_those_of_the_data() -> None:
    assert [ROLES[k] for k in (TRAIN, VALIDATION, SUPPORT, QUERY)] == [
        "train", "validation", "support", "query",
    ]  # fmt: skip


def test_values_never_matter_to_a_split(marked: Ratings, split: Split) -> None:
    other = dataclasses.replace(marked, value=6 - marked.value, sha256="")
    assert Given().split(other, SEED).episode_sha256 == split.episode_sha256


@pytest.mark.parametrize("name", ["tasks.csv", "tasks.parquet", "states"])
def test_mutated_files_are_read_or_refused(tmp_path: Path, bare: Ratings, name: str) -> None:
    """Nothing but our own errors, whatever the bytes."""
    rng, pieces = (
        np.random.default_rng(1),
        [b"", b"\0", b"\n", b'"', b",", b"]", b"{", b"NaN", b"9" * 30],
    )
    folder = tmp_path / "states"
    folder.mkdir()
    write_states(folder, melu_states(bare))
    path = folder / "warm_state.json" if name == "states" else table(tmp_path, roles(), name)
    data = path.read_bytes()
    for _ in range(150):
        begin = int(rng.integers(len(data)))
        end = begin + int(rng.integers(12))
        path.write_bytes(data[:begin] + pieces[rng.integers(len(pieces))] + data[end:])
        with contextlib.suppress(UsageError, DataError):
            Given(file=folder if name == "states" else path, min_ratings=4, query=2).checked(bare)
