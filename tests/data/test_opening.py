"""Names, paths and options to ratings; and what importing costs."""

import subprocess
import sys
from pathlib import Path

import pytest

import coldbench.data
from coldbench.data import describe, find_dataset, open_dataset
from coldbench.data.ratings import Ratings
from coldbench.errors import DataError, UsageError
from tests.data.files import ATOMIC, write


def test_import_is_cheap() -> None:
    program = "import sys, coldbench.data; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not {"pandas", "numpy", "torch", "pydantic", "pyarrow"} & set(said.stdout.split())


def test_all_names_exist() -> None:
    for name in coldbench.data.__all__:
        assert getattr(coldbench.data, name)
    with pytest.raises(AttributeError):
        coldbench.data.absent  # noqa: B018


def test_unknown_names_and_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="did you mean 'synthetic'"):
        open_dataset("sinthetic")
    with pytest.raises(DataError, match="no such file, folder"):
        open_dataset("./absent")
    with pytest.raises(DataError, match="holds no table: found no file"):
        open_dataset(str(tmp_path))
    for odd in ("", "a" * 10_000, "\0", "a/\0", "/" + "b" * 5000):
        with pytest.raises((UsageError, DataError)):
            open_dataset(odd)


def test_a_folder_without_slash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "mine", ATOMIC)
    assert open_dataset("mine").name == "tiny"


def test_atomic_by_name_needs_a_path(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--dataset PATH"):
        open_dataset("atomic")
    folder = write(tmp_path, ATOMIC)
    assert open_dataset("atomic", {"path": str(folder)}).name == "tiny"


def test_keys_change_with_content_and_options(tmp_path: Path) -> None:
    folder = str(write(tmp_path, ATOMIC))
    keys = {
        find_dataset(folder).key(),
        find_dataset(folder, {"scale": "0,5,0.5"}).key(),
        find_dataset("synthetic").key(),
        find_dataset("synthetic", {"seed": 1}).key(),
    }
    assert len(keys) == 4
    assert all(len(key) == 64 for key in keys)


def test_describe(tmp_path: Path, ratings: Ratings) -> None:
    told = describe(open_dataset(str(write(tmp_path, ATOMIC))))
    assert told["histogram"] == {"1": 1, "2.5": 1, "3": 1, "4": 1}
    assert (told["ratings"], told["users"], told["items"], told["rated_items"]) == (4, 4, 4, 3)
    assert told["density"] == 0.25
    assert told["years"] == [1979, 1995]
    assert told["times"][0] == "1970-01-01T00:00:50+00:00"
    assert "oracle_mae" not in told
    assert 0.5 < describe(ratings)["oracle_mae"] < 0.8
