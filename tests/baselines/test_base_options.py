"""One network, one set of base options: what plain and those built on it may differ in."""

import pytest

from baselines.plain.base_options import PlainConfig
from baselines.plain.jointly_trained import JointConfig
from coldbench.learning.loading import load_variant

OWN = {
    "plain": set(),
    "plain-finetune": {"tune_steps", "tune_rate"},
    "plain-id": {"tune_steps", "tune_rate"},
    "metaemb": {"tune_steps", "tune_rate"},
    "mwuf": {"tune_steps", "tune_rate"},
}
METHOD = {"metaemb": {"gamma", "alpha", "warm_rate", "meta_rate"},
          "mwuf": {"meta_rate", "meta_hidden", "empty", "few"}}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_the_base_options_of_all_five_are_one(name: str) -> None:
    base = PlainConfig().model_dump()
    config = load_variant(name).configure({}).model_dump()
    differ = {key for key in base if config[key] != base[key]}
    assert differ == OWN[name]
    finetune = load_variant("plain-finetune").configure({}).model_dump()
    assert name == "plain" or all(config[key] == finetune[key] for key in base)


@pytest.mark.parametrize("name", ["plain", "plain-id", *METHOD])
def test_those_built_on_plain_tune_what_is_their_own(name: str) -> None:
    """Base options are tuned once, by plain-finetune, whose space has them all."""
    variant, finetune = load_variant(name), load_variant("plain-finetune").dimensions()
    space, taken = set(variant.dimensions()), variant.learner.Config.tuned_by
    assert space == METHOD.get(name, {"item_dropout"} if name == "plain-id" else set())
    steps = {"tune_steps", "tune_rate", "tune_shrink"}
    assert set(finetune) == {*JointConfig.space, *steps}
    assert set(taken.values()) == {"plain-finetune"}
    assert set(taken) == set(JointConfig.space if name == "plain" else JointConfig.own_space) | (
        steps if name != "plain" else set()
    )
