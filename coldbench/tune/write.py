"""The result of tuning: tuned.yaml, which `coldbench run --config` reads, and history.csv."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from coldbench.errors import StoreError
from coldbench.study import StudyConfig
from coldbench.text import to_csv
from coldbench.tune.tuning import Tuning

__all__ = ["COLUMNS", "write_tuning"]

COLUMNS = ("learner", "trial", "status", "mae", "maes", "epochs", "seconds", "options", "reason")
RUNGS = ("rung", "configuration", "trained")  # beside them since successive halving
HEAD = """# Written by `coldbench tune`: the best configuration of each learner on validation tasks
# of seeds that no study uses. `best_mae` is the lowest of many and thus too low: a study's runs say
# what the options are worth. `overlap` says how much of the test ratings of seeds 0 to 9 these
# seeds train or validate on. All trials are in history.csv. Run a study of it with
#   coldbench run --config {file} --seeds 10 --out FOLDER
"""


def write_tuning(config: StudyConfig, tunings: Sequence[Tuning], out: Path) -> Path:
    """Write both files into `out`; returns the path of tuned.yaml. Raises StoreError."""
    tunings = sorted(tunings, key=lambda tuning: config.models.index(tuning.learner))
    file = out / "tuned.yaml"
    text = HEAD.format(file=file) + yaml.safe_dump(
        _study(config, tunings), sort_keys=False, width=100
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "history.csv").write_text(to_csv(COLUMNS + RUNGS, _lines(tunings)), encoding="utf-8")
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot write to {out}: {error.strerror or error}") from None
    return file


def _study(config: StudyConfig, tunings: Sequence[Tuning]) -> dict[str, Any]:
    """The keys of a StudyConfig: those given, overridden by the tuned options."""
    given = config.model_dump(
        mode="json", exclude_defaults=True, exclude={"seeds", "out", "halving"}
    )
    measured = [tuning for tuning in tunings if not tuning.declined]
    options = {
        tuning.learner: {**config.options.get(tuning.learner, {}), **tuning.budget.options}
        for tuning in measured
    }
    return {
        **given,
        "models": list(config.models),
        "options": {name: chosen for name, chosen in options.items() if chosen},
        "tuning": {tuning.learner: tuning.budget.model_dump(mode="json") for tuning in measured},
    }


def _lines(tunings: Sequence[Tuning]) -> list[tuple[object, ...]]:
    return [
        (
            trial.learner,
            trial.number,
            trial.status,
            trial.mae,
            " ".join(f"{mae:.6f}" for mae in trial.maes),
            " ".join(map(str, trial.epochs)),
            trial.seconds,
            json.dumps(trial.options, sort_keys=True),
            trial.reason,
            trial.rung,
            trial.configuration,
            " ".join(map(str, trial.trained)),
        )
        for tuning in tunings
        for trial in tuning.trials
    ]
