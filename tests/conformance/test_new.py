"""`coldbench new` refuses bad names and never overwrites."""

from pathlib import Path

import pytest

from coldbench.conformance.scaffold import KINDS, create
from coldbench.errors import UsageError


@pytest.mark.parametrize("kind", KINDS)
def test_writes_compilable_files_and_never_overwrites(kind: str, tmp_path: Path) -> None:
    folder = create(kind, "my-thing", tmp_path)
    names = {path.name for path in folder.iterdir()}
    assert names == {"my_thing.py", "pyproject.toml", "test_my_thing.py"}
    for path in folder.glob("*.py"):
        compile(path.read_text(), path.name, "exec")
        assert "{{" not in path.read_text()
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(UsageError, match="exists already"):
        create(kind, "my-thing", tmp_path)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_learner_has_under_60_lines(tmp_path: Path) -> None:
    assert (create("learner", "x", tmp_path) / "x.py").read_text().count("\n") < 60


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("My", "lower-case"),
        ("a_b", "lower-case"),
        ("../x", "lower-case"),
        ("-x", "lower-case"),
        ("a--b", "lower-case"),
        ("x" * 41, "at most 40"),
        ("bias", "registered already, by coldbench"),
        ("numpy", "module 'numpy' already"),
        ("class", "Python keyword"),
    ],
)
def test_bad_names(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=reason):
        create("learner", name, tmp_path)
    assert not list(tmp_path.iterdir())
