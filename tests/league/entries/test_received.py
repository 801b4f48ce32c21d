"""An entry is a stranger's folder: what is not as it is sealed, or could do harm, is not read."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from coldbench.errors import StoreError
from coldbench.league.entries import received
from coldbench.league.entries.form import ENTRY
from coldbench.league.entries.modules import from_addresses, required_by
from coldbench.league.entries.project import unreadable
from coldbench.league.entries.received import receive
from tests.league.entries.forging import resealed

Spoil = Callable[[Path], object]


def linked(entry: Path) -> None:
    (entry / "card.md").unlink()
    (entry / "card.md").symlink_to("/etc/passwd")


def linked_folder(entry: Path) -> None:
    (entry / "plugin" / "more").symlink_to("/etc")


def edited_seal(entry: Path) -> None:
    data = json.loads((entry / ENTRY).read_text())
    (entry / ENTRY).write_text(json.dumps({**data, "tuned": True}))


def nested(entry: Path) -> None:
    (entry / ENTRY).write_text("[" * 100_000)


def climbing(entry: Path) -> None:
    data = json.loads((entry / ENTRY).read_text())
    _sealed(entry, {**data, "files": {**data["files"], "../../harm.py": "0" * 64}})


def naming_a_file_as_pack(entry: Path) -> None:
    data = json.loads((entry / ENTRY).read_text())
    _sealed(entry, {**data, "entered": {**data["entered"], "pack": "/tmp/mine.coldbench"}})


def _sealed(entry: Path, data: dict[str, object]) -> None:
    from coldbench.running.encoding import seal

    (entry / ENTRY).write_text(json.dumps({**data, "sha256": seal(data)}))


def with_data(entry: Path) -> None:
    (entry / "plugin" / "ratings.csv").write_text("1,2,5\n")
    resealed(entry)


def untuned(entry: Path) -> None:
    resealed(entry, tuned=True)


def repeating(entry: Path) -> None:
    with (entry / "study" / "records.jsonl").open("a") as stream:
        stream.writelines("{}\n" for _ in range(received.LINES))
    resealed(entry)


def hiding(text: str) -> Spoil:
    """A module with this text in its third line."""

    def spoil(entry: Path) -> None:
        (entry / "plugin" / "more.py").write_text(f"\n\n{text}\n", "utf-8")
        resealed(entry)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (linked, "card.md is a link or no file"),
        (linked_folder, "plugin/more is a link or no file"),
        pytest.param(
            lambda entry: os.mkfifo(entry / "plugin" / "pipe.py"), "pipe.py is a link or no file",
            marks=pytest.mark.skipif(os.name == "nt", reason="no pipes among files"),
        ),
        (lambda entry: (entry / "card.md").unlink(), "lacks 'card.md', which entry.json lists"),
        (lambda entry: (entry / "more.py").write_text(""), "more.py is not in entry.json"),
        (lambda entry: (entry / "plugin" / ".git").mkdir(), "one file too many"),
        (edited_seal, "entry.json does not match its own seal"),
        (nested, "entry.json is damaged: .*recursion"),
        (climbing, "lacks '../../harm.py', which entry.json lists"),
        (naming_a_file_as_pack, "it names no reference pack"),
        (with_data, "ratings.csv is nothing that an entry holds"),
        (untuned, "is not complete: it has no tuning.csv"),
        (repeating, "has over 2,000 lines"),
        (hiding("x = 1  # \u202e"), r"more.py holds an invisible character, U\+202E, in line 3"),
        (hiding("x = 1;" + " " * 600 + "y = 2"), "more.py has 611 characters in line 3"),
    ],
)  # fmt: skip
def test_what_is_not_read(entry: Path, tmp_path: Path, spoil: Spoil, told: str) -> None:
    spoil(entry)
    with pytest.raises(StoreError, match=told):
        receive(entry, tmp_path / "copy")
    assert not (tmp_path.parent / "harm.py").exists()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.py", "# a note\rSECRET = 1", "U+000D"),
        ("a.py", "x = 1\U000e0141", "U+E0141"),
        ("a.py", "import io" + " " * 100 + "; import os", "behind 80 blanks"),
        ("a.py", "x = 1\r\ny = 2\n\f\n", ""),
        ("LICENSE", "word " * 200, ""),
        ("README.md", "\U0001f469\u200d\U0001f4bb", ""),
        ("README.md", "left \u202e right", "U+202E"),
    ],
)
def test_files_that_nobody_could_read(name: str, text: str, told: str) -> None:
    found = unreadable(name, text.encode())
    assert told in found
    assert bool(found) == bool(told)


def test_what_a_package_requires_is_what_pip_installs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "shim-1.0.dist-info"
    info.mkdir()
    required = (
        "core-x @ https://example.org/core.zip", "numpy>=1",
        "dev-x @ git+https://e.org/d ; extra == 'dev'",
        'hidden-x ; extra == "a" or python_version > "3"', 'old-x ; python_version < "3"',
    )  # fmt: skip
    lines = "".join(f"Requires-Dist: {one}\n" for one in required)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: shim\nVersion: 1.0\n{lines}")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert set(required_by("shim")) == {"core-x", "numpy", "hidden-x"}
    assert [one.split()[0] for one in from_addresses("shim")] == ["core-x"]


def test_what_is_too_long(entry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(received.LIMITS, "card.md", 10)
    with pytest.raises(StoreError, match=r"card\.md is longer than 10 bytes"):
        receive(entry, tmp_path / "copy")


def test_the_copy_holds_the_sealed_files_alone(entry: Path, tmp_path: Path) -> None:
    (entry / "review.json").write_text("{}")
    made = receive(entry, tmp_path / "copy")
    there = {p.relative_to(tmp_path / "copy").as_posix() for p in (tmp_path / "copy").rglob("*")}
    assert {name for name in there if "." in name} == set(made.files)
