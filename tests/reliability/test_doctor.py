"""`doctor` fits one screen and says what to do about each problem."""

from pathlib import Path

import pytest

from coldbench.cli import doctor
from tests.cli.test_cli import coldbench


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_one_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert coldbench(monkeypatch, "doctor") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    for word in ("versions", "threads", "device", "learn2learn", "data", "cache", "write speed",
                 "determinism"):  # fmt: skip
        assert any(word in line for line in lines), word
    assert "the same bits" in lines[-1]


def test_problems_come_with_advice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    for check in (doctor._cache(), doctor._learn2learn()):
        assert check.level == "problem"
        assert check.advice
    assert doctor._engines().advice == "for clusters: pip install 'coldbench[dask,slurm]'"


def test_no_check_raises() -> None:
    def broken() -> doctor.Check:
        raise RuntimeError("boom")

    assert doctor._safe(broken).level == "problem"
