"""Small studies that really ran, so that predictions are at hand."""

from pathlib import Path
from typing import Any

from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.store import Study

TINY = {"n_users": 150, "n_items": 120, "n_ratings": 6000}


def real_study(path: Path, **given: Any) -> Study:
    """Closed-form learners on tiny synthetic data, in this process."""
    settings = {"models": ("bias", "support-mean"), "seeds": 4, "dataset_options": TINY}
    settings |= {"yardsticks": False}
    return run_study(StudyConfig.model_validate({**settings, **given, "out": path}), workers=1)
