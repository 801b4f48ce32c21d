"""datasets.yaml: what `coldbench tune` found on several data sets, as `coldbench run` reads it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from coldbench.errors import StoreError
from coldbench.study import StudyConfig

__all__ = ["write_tuned"]

HEAD = """# Written by `coldbench tune`: each data set, and where the options are that were best on
# its validation tasks. Run a study of each with
#   coldbench run --config {file} --seeds 10 --out FOLDER
"""
SHARED = ("protocol", "protocol_options", "models", "stop_by", "device", "refit")


def write_tuned(configs: Mapping[str, StudyConfig], files: Mapping[str, Path], out: Path) -> Path:
    """configs, files: by data set, what was tuned and the `tuned.yaml` of it. Raises StoreError."""
    first = next(iter(configs.values()))
    datasets = {name: _own(config, files[name]) for name, config in configs.items()}
    given = first.model_dump(mode="json", exclude_defaults=True, include=set(SHARED))
    file = out / "datasets.yaml"
    text = yaml.safe_dump({"datasets": datasets, **given}, sort_keys=False, width=100)
    try:
        file.write_text(HEAD.format(file=file) + text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot write {file}: {error.strerror or error}") from None
    return file


def _own(config: StudyConfig, file: Path) -> dict[str, Any]:
    options = config.model_dump(mode="json")["dataset_options"]
    own = {"dataset": config.dataset, "dataset_options": options, "tuned": str(file)}
    return {key: value for key, value in own.items() if value}
