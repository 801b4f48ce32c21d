"""Streams: same seed, equal; other seed or name, different; global generators untouched."""

import numpy as np
import pytest
import torch

from coldbench.rng import Seeds, generator, torch_generator


def test_streams_are_keyed_by_seed_and_name() -> None:
    first = generator(3, "split", "users").random(4)
    assert np.array_equal(first, generator(3, "split", "users").random(4))
    assert not np.array_equal(first, generator(4, "split", "users").random(4))
    assert not np.array_equal(first, generator(3, "split", "items").random(4))


def test_a_stream_does_not_depend_on_the_hash_seed() -> None:
    assert generator(0, "split").integers(1000, size=3).tolist() == [738, 899, 682]


def test_global_generators_are_untouched() -> None:
    before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    torch.rand(3, generator=torch_generator(generator(0, "init")))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002


def test_labels() -> None:
    assert Seeds.joint(7).label == "7"
    assert Seeds(7, 7, 0, 3).label == "7.7.0.3"
    assert Seeds(7, 7, 0, 3, 2).label == "7.7.0.3.2"
    assert Seeds(7, 7, 7, 7, 2).label == "7.7.7.7.2"
    assert Seeds.joint(7).rounding == 0


@pytest.mark.parametrize(
    "seeds", [Seeds.joint(0), Seeds.joint(12), Seeds(7, 7, 0, 3), Seeds(7, 7, 7, 7, 7)]
)
def test_a_label_is_read_back(seeds: Seeds) -> None:
    assert Seeds.parse(seeds.label) == seeds


@pytest.mark.parametrize(
    "label",
    ["", "x", "-1", "1.2", "1.2.3", "1.2.3.4.0", "1.2.3.4.5.6", "07", "٧", "7.7.7.7", "1.2.3."],
)
def test_what_is_no_label(label: str) -> None:
    with pytest.raises(ValueError, match="is no seed"):
        Seeds.parse(label)
