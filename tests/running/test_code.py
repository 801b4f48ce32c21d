"""The fingerprint of a learner's code: of the files that it imports, and of no others."""

import shutil
import sys
from collections.abc import Callable, Mapping
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

import pytest

from coldbench import registry
from coldbench.registry import Plugin
from coldbench.running.imports import imported_files
from coldbench.running.origin import code_has_changed, code_of

Write = Callable[[Mapping[str, str]], None]
ROOT = Path(registry.__file__).parent.parent


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes files, of which those of other names are importable."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)

    return write


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """The fingerprint of what an entry point names."""

    def code(target: str) -> str:
        plugin = Plugin("learner", "theirs", "theirs", "1.0", target)
        monkeypatch.setattr("coldbench.running.origin.plugins", lambda kind: {"theirs": plugin})
        return code_of.__wrapped__("theirs")

    return code


def test_ours(write: Write, code: Callable[[str], str], tmp_path: Path) -> None:
    """A docstring in knn is none of melu's; an edit of what melu starts from is."""
    copy = tmp_path / "copied"
    shutil.copytree(ROOT / "baselines", copy)
    for file in copy.rglob("*.py"):
        file.write_text(file.read_text().replace("from baselines", "from copied"))

    def codes() -> dict[str, str]:
        points = {
            name: registry.plugins("learner")[name].target for name in ("knn", "melu", "tanp")
        }
        return {
            name: code(target.replace("baselines", "copied")) for name, target in points.items()
        }

    def edit(file: Path) -> None:
        file.write_text(file.read_text() + "\n# edited\n")

    first = codes()
    edit(copy / "closed_form" / "knn.py")
    second = codes()
    assert {name for name in first if first[name] != second[name]} == {"knn"}
    edit(copy / "episodic_base.py")
    third = codes()
    assert {name for name in first if second[name] != third[name]} == {"melu", "tanp"}
    assert all(found.startswith("2:") and len(found) == 18 for found in third.values())


def test_every_way_to_import_is_followed(write: Write) -> None:
    write(
        {
            "theirs/__init__.py": "from . import first",
            "theirs/first.py": "",
            "theirs/alone.py": "raise RuntimeError('read, never run')",
            "theirs/deep/__init__.py": "",
            "theirs/deep/learner.py": "import theirs.second as s\nfrom ..third import name\n"
            "from . import fourth\nimport os, torch\ndef later():\n    from theirs import fifth\n",
            "theirs/deep/fourth.py": "from theirs.deep import learner",
            "theirs/deep/other.py": "",
            **{f"theirs/{name}.py": "" for name in ("second", "third", "fifth", "sixth")},
        }
    )
    assert list(imported_files("theirs.deep.learner")) == [
        "theirs", "theirs.deep", "theirs.deep.fourth", "theirs.deep.learner", "theirs.fifth",
        "theirs.first", "theirs.second", "theirs.third",
    ]  # fmt: skip
    assert "theirs" not in sys.modules


def test_a_single_file(write: Write, code: Callable[[str], str]) -> None:
    write({"single.py": "import numpy", "neighbour.py": ""})
    first = code("single:Learner")
    write({"neighbour.py": "x = 1"})
    assert code("single:Learner") == first != ""
    write({"single.py": "import numpy as np"})
    assert code("single:Learner") != first


def test_a_namespace_package(write: Write) -> None:
    """Without any `__init__`, and with parts in several folders."""
    write(
        {
            "spread/mine/learner.py": "from spread.mine import part\nfrom ..yours import thing",
            "spread/mine/part.py": "",
            "spread/yours/thing.py": "",
            "spread/yours/idle.py": "",
        }
    )
    names = ["spread.mine.learner", "spread.mine.part", "spread.yours.thing"]
    assert list(imported_files("spread.mine.learner")) == names


def test_an_editable_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose files a finder knows, not the path."""
    source = tmp_path / "src" / "elsewhere"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("")
    (source / "learner.py").write_text("from .a import a")
    (source / "a.py").write_text("")

    class Finder:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
            if name != "elsewhere":
                return None
            places = [str(source)]
            return spec_from_file_location(
                name, source / "__init__.py", submodule_search_locations=places
            )

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    found = imported_files("elsewhere.learner")
    assert list(found) == ["elsewhere", "elsewhere.a", "elsewhere.learner"]
    assert found["elsewhere.a"] == source / "a.py"


def test_parts_of_one_name(write: Write) -> None:
    write(
        {"a/__init__.py": "", "a/a/__init__.py": "", "a/a/a.py": "from . import b", "a/a/b.py": ""}
    )
    assert list(imported_files("a.a.a")) == ["a", "a.a", "a.a.a", "a.a.b"]


@pytest.mark.parametrize("module", ["nowhere_at_all.learner", "json.nothing", "", "sys", "."])
def test_what_is_not_there_has_no_files(module: str) -> None:
    assert imported_files(module) == {}


def test_a_file_that_cannot_be_read_as_python_counts_as_it_is(write: Write) -> None:
    write({"broken/__init__.py": "", "broken/learner.py": "def ("})
    assert list(imported_files("broken.learner")) == ["broken", "broken.learner"]


@pytest.mark.parametrize(
    ("stored", "current", "changed"),
    [("2:a", "2:b", True), ("2:a", "2:a", False), ("a", "2:b", False), ("", "2:b", False),
     ("2:a", "", False), ("a", "b", True)],
)  # fmt: skip
def test_only_fingerprints_of_one_scheme_are_compared(
    stored: str, current: str, changed: bool
) -> None:
    assert code_has_changed(stored, current) is changed
