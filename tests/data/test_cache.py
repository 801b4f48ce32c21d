"""Prepared data: opened as written, rebuilt when damaged, safe among several processes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from coldbench.data import find_dataset, keep, open_dataset, open_prepared
from coldbench.data.cache import _open_or_make
from coldbench.data.ratings import Ratings
from coldbench.errors import DataError
from tests.data.files import ATOMIC, edited, write

SMALL = {"n_users": 30, "n_items": 40, "n_ratings": 800}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def entry(home: Path) -> Path:
    """The only entry of the cache."""
    (found,) = [path for path in home.glob("*/*") if path.is_dir()]
    return found


def same(one: Ratings, other: Ratings) -> None:
    assert one.sha256 == other.sha256
    assert one.arrays().keys() == other.arrays().keys()
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[name])
    assert (one.name, one.scale, one.licence, one.notes) == (
        other.name,
        other.scale,
        other.licence,
        other.notes,
    )


def test_what_is_opened_is_what_was_made(tmp_path: Path) -> None:
    folder = str(write(tmp_path / "in", ATOMIC))
    first = open_dataset(folder)
    same(first, open_dataset(folder))
    same(first, open_prepared(first.sha256))
    assert isinstance(open_prepared(first.sha256).user, np.memmap)
    assert not first.user.flags.writeable


def test_no_pickles(home: Path) -> None:
    open_dataset("synthetic", SMALL)
    for file in entry(home).glob("*.npy"):
        assert np.load(file, allow_pickle=False).dtype != object


def test_changed_bytes_are_read_again(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", ATOMIC)
    first = open_dataset(str(folder))
    write(folder, edited(ATOMIC, "tiny.inter", b"2.5", b"3.5"))
    second = open_dataset(str(folder))
    assert second.value.tolist() == [4.0, 3.5, 1.0, 3.0]
    assert open_prepared(first.sha256).value.tolist() == [4.0, 2.5, 1.0, 3.0]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated array": lambda place: _cut(place / "000.npy"),
    "missing array": lambda place: (place / "001.npy").unlink(),
    "flipped byte": lambda place: _flip(place / "000.npy", -3),
    "flipped header": lambda place: _flip(place / "000.npy", 12),
    "no meta": lambda place: (place / "meta.json").unlink(),
    "empty meta": lambda place: (place / "meta.json").write_text(""),
    "odd meta": lambda place: (place / "meta.json").write_text("[1]"),
    "newer schema": lambda place: (place / "meta.json").write_text('{"schema": 99}'),
    "pickle": lambda place: np.save(place / "000.npy", np.array([{}]), allow_pickle=True),
}


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def _flip(file: Path, place: int) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 0x55
    file.write_bytes(data)


@pytest.mark.parametrize("damage", list(DAMAGES))
def test_damage_is_mended(home: Path, damage: str) -> None:
    digest = open_dataset("synthetic", SMALL).sha256
    DAMAGES[damage](entry(home))
    again = open_dataset("synthetic", SMALL)
    assert again.sha256 == digest
    assert len(open_prepared(digest)) == 800
    assert sorted(path.suffix for path in entry(home).parent.iterdir()) == ["", ".link"]


@pytest.mark.parametrize("damage", ["truncated array", "missing array", "no meta", "odd meta"])
def test_workers_name_the_damage(home: Path, damage: str) -> None:
    digest = open_dataset("synthetic", SMALL).sha256
    DAMAGES[damage](entry(home))
    with pytest.raises(DataError, match="open the data set again"):
        open_prepared(digest)


@pytest.mark.parametrize("digest", ["0" * 64, "../../x", "a" * 5000, "\0"])
def test_unknown_fingerprints(digest: str) -> None:
    with pytest.raises(DataError, match="no prepared data"):
        open_prepared(digest)


def test_a_lost_entry_is_named(home: Path) -> None:
    ratings = open_dataset("synthetic", SMALL)
    entry(home).rename(home / "gone")
    with pytest.raises(DataError, match="no prepared data"):
        open_prepared(ratings.sha256)
    assert keep(ratings).sha256 == ratings.sha256
    assert len(open_prepared(ratings.sha256)) == 800


def test_unwritable_cache(home: Path) -> None:
    home.write_text("a file, not a folder")
    with pytest.raises(DataError, match="COLDBENCH_CACHE"):
        open_dataset("synthetic", SMALL)


PROGRAM = """
import sys
from coldbench.data import open_dataset
print(open_dataset(sys.argv[1]).sha256)
"""


def test_processes_do_not_disturb_each_other(tmp_path: Path, home: Path) -> None:
    folder = str(write(tmp_path / "in", ATOMIC))
    command = [sys.executable, "-c", PROGRAM, folder]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate()[0].strip() for process in running}
    assert all(process.returncode == 0 for process in running)
    assert said == {open_dataset(folder).sha256}
    assert sorted(path.suffix for path in entry(home).parent.iterdir()) == ["", ".link"]


def test_a_writer_that_comes_second_leaves_the_winner_alone(home: Path) -> None:
    """The race that processes run, in slow motion: the entry appears while the loser prepares."""
    dataset = find_dataset("synthetic", SMALL)
    made = dataset.load()

    def overtaken() -> Ratings:
        open_dataset("synthetic", SMALL)
        (entry(home) / "winner").touch()
        return made

    assert _open_or_make(dataset.key(), overtaken).sha256 == made.sha256
    assert (entry(home) / "winner").exists()


def test_a_torn_write_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(DataError, match="No space left"):
        open_dataset("synthetic", SMALL)
    assert list(home.glob("*/*")) == []
