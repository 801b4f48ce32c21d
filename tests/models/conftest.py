"""Every learner, trained for one epoch and stored once for all tests of models."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from coldbench.learning import load_variant
from coldbench.models import train_model
from tests.models.worlds import world


@pytest.fixture(scope="session")
def stored(own_cache: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a learner's model, which bears its name."""
    home = tmp_path_factory.mktemp("models")

    @cache
    def folder(name: str) -> Path:
        options = {"epochs": 1} if load_variant(name).configure({}).epochs > 1 else {}
        return train_model(name, world()[0], home / name, options=options)

    return folder
