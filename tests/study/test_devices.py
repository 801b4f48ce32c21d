"""Devices that no run can use are refused before anything runs."""

import re

import pytest
import torch

from coldbench.cli import doctor
from coldbench.errors import UsageError
from coldbench.study.config import StudyConfig, read_config


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


def test_the_doctor_says_that_mps_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert doctor._device().level == "ok"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert doctor._device().advice == "mps is not used: it has no double precision"
