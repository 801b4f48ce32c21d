"""`make portable` runs the levels that it names, holds libraries to them, and tells of failures."""

import os
import subprocess
import sys

import pytest
import torch

from coldbench.data.ratings import Ratings
from tests import portable


@pytest.mark.parametrize(
    ("here", "all_of_them", "second"),
    [
        ("AVX512", [("default", 1), ("avx2", 1), ("avx512", 1), ("avx512", 2)], [("avx2", 1)]),
        ("AVX2", [("default", 1), ("avx2", 1), ("avx2", 2)], [("default", 1)]),
        ("DEFAULT", [("default", 1), ("default", 2)], []),
        ("SVE256", [("default", 1), ("sve256", 1), ("sve256", 2)], [("default", 1)]),
    ],
)
def test_levels_are_those_of_the_processor(
    here: str,
    all_of_them: list[tuple[str, int]],
    second: list[tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: here)
    assert portable.chosen("") == all_of_them
    assert portable.chosen("second") == second
    assert ("skipped, not here: none" in capsys.readouterr().out) is (here == "AVX512")


def test_child_processes_are_held_to_a_level_and_have_the_same_data(ratings: Ratings) -> None:
    code = (
        "import torch; from coldbench.data.synthetic.dataset import Synthetic; "
        "made = Synthetic(Synthetic.Config(n_users=240, n_items=160, n_ratings=9600)).load(); "
        "print(torch.backends.cpu.get_cpu_capability(), made.sha256)"
    )
    held = {**os.environ, **portable.environment("default", 2)}
    told = subprocess.run(
        [sys.executable, "-c", code], env=held, text=True, capture_output=True, check=True
    )
    assert told.stdout.split() == ["DEFAULT", ratings.sha256]


@pytest.mark.parametrize(
    ("given", "word"), [("--version", "ok"), ("--no-such-option", "FAILED with status 4")]
)
def test_a_failing_run_is_told(given: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert portable.ran("default", 1, [given]) is (word == "ok")
    assert f"default, 1 thread(s): {word}: " in capsys.readouterr().out
