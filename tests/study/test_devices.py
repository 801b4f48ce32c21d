"""Devices that no run can use are refused before anything runs."""

import re
from pathlib import Path

import pytest
import torch

from coldbench.cli import doctor
from coldbench.errors import UsageError
from coldbench.running.devices import refuse_missing_device
from coldbench.study.config import StudyConfig, read_config
from coldbench.study.drive import run_study


@pytest.mark.parametrize(
    ("device", "told"),
    [
        ("mps", "Apple's GPUs (mps) have no double precision, in which closed forms such as ridge"),
        ("mps:0", "runs would fail or give other results; use cpu"),
        ("gpu", "the command line: 'device' = 'gpu': known are cpu, cuda, and cuda:1"),
    ],
)
def test_devices_that_no_run_can_use(device: str, told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        read_config(None, {"device": device})


def test_devices_of_runs() -> None:
    names = ("cpu", "cuda", "cuda:1")
    assert tuple(StudyConfig(device=name).device for name in names) == names


@pytest.mark.parametrize(
    ("count", "device", "told"),
    [
        (0, "cuda", "device 'cuda': torch finds no CUDA device on this machine; use --device cpu"),
        (1, "cuda:1", "torch finds cuda:0 alone here; use --device cuda"),
        (2, "cuda:3", "torch finds cuda:0 to cuda:1"),
    ],
)
def test_a_device_that_is_not_here_is_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, count: int, device: str, told: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    config = StudyConfig(models=("nobody",), dataset="nowhere", device=device, out=tmp_path / "s")
    with pytest.raises(UsageError, match=re.escape(told)):
        run_study(config)
    refuse_missing_device(device, "dask")  # whose workers may have one
    assert not list(tmp_path.iterdir())
    for usable in ("cpu", *(f"cuda:{place}" for place in range(count))):
        refuse_missing_device(usable)


def test_the_doctor_says_that_mps_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert doctor._device().level == "ok"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert doctor._device().advice == "mps is not used: it has no double precision"
