"""A stranger's learner that a test edits: each version is another module text, imported anew."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coldbench.running.origin import code_of
from tests.reliability.conftest import package
from tests.studies import forget

Edit = Callable[..., None]
TEXT = """
from coldbench import Learner, LearnerConfig


class MineConfig(LearnerConfig):
    level: float = {level}
    size: int = 3
    {option}


class Mine(Learner):
    Config = MineConfig
    contract = 2

    def train_epoch(self, data, epoch, rng):
        {training}
        return {{}}

    def predict(self, batch):
        {prediction}
        return batch.support_value.new_full(batch.query_item.shape, self.config.level)
"""


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Writes a version of the learner `mine` of the package `edits`; the first one is there."""
    site = tmp_path / "site"
    package(site, "edits", {"mine": "mine:Mine"})
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def edit(
        level: float = 3.0, option: str = "", training: str = "pass", prediction: str = "pass"
    ) -> None:
        text = TEXT.format(level=level, option=option, training=training, prediction=prediction)
        (site / "mine.py").write_text(text)
        _forget()

    edit()
    yield edit
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    sys.modules.pop("mine", None)
    code_of.cache_clear()
    forget()
