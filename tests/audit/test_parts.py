"""The pieces of an audit: changed ratings, parts of a pass, moved predictions, files, floors."""

import os
import sqlite3
import sys
import tempfile
import time
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coldbench.audit import rooms
from coldbench.audit.comparing import TOLERANCE, moved
from coldbench.audit.counterfactual import changed, hidden_rows
from coldbench.audit.floor import floors
from coldbench.audit.watching import Opened, code_folders, foreign, watched
from coldbench.data import Ratings, from_frames
from coldbench.data.ratings import Scale
from coldbench.learning.predictions import Predictions
from coldbench.rng import Seeds
from coldbench.running.records import Job
from coldbench.tasks.protocols import Separate
from coldbench.tasks.splits import Split


@pytest.fixture
def split(ratings: Ratings) -> Split:
    return Separate().split(ratings, Seeds.joint(0))


def predicted(ratings: Ratings, split: Split, score: np.ndarray) -> Predictions:  # type: ignore[type-arg]
    """`score` of every test query, float [N] by row."""
    rows = np.sort(split.test.query.rows)
    order = np.argsort(split.test.query.rows)
    shots = np.full(len(rows), -1, np.int32)
    return Predictions(rows, score[rows].astype(np.float32), split.test.scenario[order], shots)


@pytest.mark.parametrize("scale", [Scale(1, 5, 1), Scale(0.5, 5, 0.5), Scale(-3, 3, 0)])
def test_every_hidden_rating_is_another_one(ratings: Ratings, split: Split, scale: Scale) -> None:
    levels = np.linspace(scale.low, scale.high, 5, dtype=np.float32)
    given = replace(
        ratings, value=levels[np.asarray(ratings.value, int) - 1], scale=scale, best=None, sha256=""
    )
    hidden = hidden_rows(split, len(given))
    other = changed(given, hidden)
    assert hidden[split.test.query.rows].all()
    assert (other.value[hidden] != given.value[hidden]).all()
    assert np.array_equal(other.value[~hidden], given.value[~hidden])
    again = Separate().split(other, Seeds.joint(0))
    assert again.episode_sha256 == split.episode_sha256
    assert other.sha256 != given.sha256


def test_tasks_are_selected_with_their_scenarios(split: Split) -> None:
    tasks, index = split.test, np.array([5, 0, 3])
    some = tasks.select(index)
    assert np.array_equal(some.user, tasks.user[index])
    for place, task in enumerate(index):
        own = slice(*some.query.ptr[place : place + 2]), slice(*tasks.query.ptr[task : task + 2])
        assert np.array_equal(some.query.rows[own[0]], tasks.query.rows[own[1]])
        assert np.array_equal(some.scenario[own[0]], tasks.scenario[own[1]])


def test_moved_predictions_are_counted_by_row_and_shots() -> None:
    rows, shots = np.array([7, 9, 7, 9]), np.array([-1, -1, 0, 0], np.int32)
    score, scenario = np.array([1, 2, 3, 4], np.float32), np.zeros(4, np.int8)
    whole, scale = Predictions(rows, score, scenario, shots), Scale(1, 5, 1)
    part = Predictions(rows[3:], np.float32([4 + 1e-6]), scenario[3:], shots[3:])
    assert moved(whole, whole, scale).count == 0
    assert moved(whole, part, scale, exact=True).count == 1
    assert moved(whole, part, scale, exact=False).count == 0
    far = replace(part, score=part.score + np.float32(8 * TOLERANCE))
    assert str(moved(whole, far, scale, exact=False)).startswith("1 of 1 predictions move")
    assert moved(whole, replace(part, row=np.array([8])), scale).most == np.inf


def test_files_without_a_reason_are_told(tmp_path: Path) -> None:
    room, cache = tmp_path / "room", tmp_path / "cache"
    for folder in (room, cache):
        folder.mkdir()
    opened: Opened = []
    with watched(opened):
        for file in (room / "own.txt", cache / "value.npy", tmp_path / "memory.json"):
            file.write_text("x")
        Path(os.__file__).read_text("utf-8")
        (tmp_path / "memory.json").read_text("utf-8")
    (room / "later.txt").write_text("nobody listens")
    told = foreign(opened, room, (cache,), code_folders(""))
    assert told == [
        "opens value.npy among prepared or raw ratings",
        f"writes {os.path.realpath(tmp_path)}/memory.json",
        f"reads {os.path.realpath(tmp_path)}/memory.json",
    ]


def test_a_package_may_consist_of_links_and_no_other_way_round_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, site, room = (tmp_path / name for name in ("store", "site", "room"))
    for folder in (store, site, room):
        folder.mkdir()
    (store / "module.py").write_text("x = 1")
    (site / "module.py").symlink_to(store / "module.py")  # as package managers install
    monkeypatch.syspath_prepend(str(site))
    ways = [site / "module.py", site / ".." / "store" / "module.py"]
    if Path("/proc/self/root").exists():
        ways.append(Path(f"/proc/self/root{os.path.realpath(store)}/module.py"))
    for way in ways:
        opened: Opened = []
        with watched(opened):
            way.read_text("utf-8")
        told = foreign(opened, room, (), code_folders(""))
        assert told == ([] if way is ways[0] else [f"reads {os.path.realpath(store)}/module.py"])


@pytest.mark.parametrize("files", [False, True], ids=["a link", "files that are links"])
def test_a_linked_package_may_follow_its_own_file(
    files: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, site, room = (tmp_path / n for n in ("store", "site-packages", "room"))
    for folder in (store / "package", site, room):
        folder.mkdir(parents=True)
    for name in ("__init__.py", "VERSION.txt"):
        (store / "package" / name).write_text("1")
    if files:
        (site / "package").mkdir()
        (site / "package" / "__init__.py").symlink_to(store / "package" / "__init__.py")
    else:
        (site / "package").symlink_to(store / "package")
    (store / "kept.txt").write_text("2")
    monkeypatch.syspath_prepend(str(site))
    opened: Opened = []
    with watched(opened):
        (site / "package" / "__init__.py").resolve().with_name("VERSION.txt").read_text()
        (store / "kept.txt").read_text()
    told = foreign(opened, room, (), code_folders(""))
    assert told == [f"reads {os.path.realpath(store)}/kept.txt"]


def test_other_ways_to_keep_or_find_something_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, code = tmp_path / "room", code_folders("")
    room.mkdir()
    monkeypatch.chdir(room)  # goes back there
    opened: Opened = []
    with watched(opened):
        sqlite3.connect(tmp_path / "memory.db").close()
        sqlite3.connect(":memory:").close()
        (tmp_path / "one-bit").mkdir()
        os.chdir(tmp_path)
        sys.path.append(str(tmp_path))
        with tempfile.TemporaryDirectory(dir=room) as own:
            (Path(own) / "a" / "b").mkdir(parents=True)
    sys.path.remove(str(tmp_path))
    told = foreign(opened, room, (), code)
    real = os.path.realpath(tmp_path)
    assert told == [
        f"writes {real}/memory.db", f"writes {real}/one-bit", "changes its working folder",
    ]  # fmt: skip


def test_a_drawn_value_tells_nothing_of_what_it_stands_for(ratings: Ratings) -> None:
    given = replace(ratings, value=np.full(len(ratings), 1, np.float32), best=None, sha256="")
    other = changed(given, np.ones(len(given), dtype=bool)).value
    share = [float((other == level).mean()) for level in (1, 2, 3, 4, 5)]
    assert share[0] == 0
    assert share[1:] == pytest.approx([0.25] * 4, abs=0.03)


def test_nobody_is_better_than_the_oracle(ratings: Ratings, split: Split) -> None:
    assert ratings.best is not None
    assert list(floors(predicted(ratings, split, ratings.best), ratings)) == []
    mixed = 0.5 * ratings.best + 0.5 * ratings.value
    told = list(floors(predicted(ratings, split, mixed), ratings))
    assert len(told) == 4
    assert "that of the best possible predictions" in told[0]


def test_without_an_oracle_people_or_the_scale_set_a_floor(ratings: Ratings, split: Split) -> None:
    plain = replace(ratings, best=None)
    near = np.clip(np.asarray(ratings.value) + 0.2, 1, 5)
    assert "a tenth of the scale" in next(floors(predicted(plain, split, near), plain))
    usual = np.full(len(ratings), np.median(ratings.value))
    assert list(floors(predicted(plain, split, usual), plain)) == []
    twice = repeated(plain)
    told = next(floors(predicted(twice, split, np.asarray(twice.value) + 0.3), twice))
    assert "what 2,000 repeated ratings of one user allow" in told
    honest = np.asarray(twice.value) + 1.0
    assert list(floors(predicted(twice, split, honest), twice)) == []


def repeated(ratings: Ratings) -> Ratings:
    """With 2,000 pairs rated again, one point away."""
    again = np.arange(2000)
    value = np.asarray(ratings.value)
    moved_by_one = np.where(value[again] > 3, value[again] - 1, value[again] + 1)
    return replace(
        ratings,
        user=np.concatenate([ratings.user, ratings.user[again]]),
        item=np.concatenate([ratings.item, ratings.item[again]]),
        value=np.concatenate([value, moved_by_one]),
        time=None,
        sha256="",
    )


def test_constant_ratings_are_no_leak() -> None:
    frame = pd.DataFrame(
        {"user": np.repeat(np.arange(60), 30), "item": np.tile(np.arange(30), 60), "rating": 4.0}
    )
    same = from_frames(frame, name="same", scale=(1, 5, 1))
    split = Separate().split(same, Seeds.joint(0))
    assert list(floors(predicted(same, split, np.full(len(same), 4.0)), same)) == []


def test_a_process_that_hangs_is_ended(
    ratings: Ratings, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = get_context("spawn").Process(target=time.sleep, args=(60,))
    monkeypatch.setattr(rooms, "_process", lambda room: hung)
    monkeypatch.setattr(rooms, "_carry_tasks", lambda *given: None)
    job = Job(
        dataset="synthetic", dataset_sha256="0" * 64, protocol="separate", protocol_options={},
        learner="bias", base="bias", config={}, seeds=Seeds.joint(0),
    )  # fmt: skip
    answer = rooms.Rooms(job, ratings, split, limit=0.1).apart(rooms.Request())
    assert answer.reason == "its process took longer than 0.1 s"
    assert hung.exitcode is not None
