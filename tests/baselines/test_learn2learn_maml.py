"""Without learn2learn MeLU declines with one line that says how to install it."""

import sys

import numpy as np
import pytest

from baselines import learn2learn_maml
from baselines.maml.melu import MeLU, MeLUConfig
from coldbench.errors import Declined
from tests.baselines.worlds import domain, world


def test_melu_declines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn2learn_maml, "find_spec", lambda name: None)
    learn2learn_maml.load_maml.cache_clear()
    try:
        with pytest.raises(Declined, match="pip install --no-deps --config-settings") as caught:
            MeLU(MeLUConfig(), domain(world()), np.random.default_rng(0))
    finally:
        learn2learn_maml.load_maml.cache_clear()
    assert "\n" not in str(caught.value)


def test_only_the_needed_part_is_imported() -> None:
    learn2learn_maml.load_maml()
    assert not {"gym", "torchvision", "qpth"} & set(sys.modules)
