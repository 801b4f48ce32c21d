"""One network, one set of base options: what plain and those built on it may differ in."""

import pytest

from baselines.item_side.plain_id import PlainIdConfig
from baselines.plain.base_options import PlainConfig
from baselines.plain.jointly_trained import JointConfig
from coldbench import registry
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
    """Base options are tuned once, by plain-finetune, whose space has them all; the dropout of ids
    by plain-id, which has ids to hide."""
    variant, finetune = load_variant(name), load_variant("plain-finetune").dimensions()
    space, taken = set(variant.dimensions()), variant.learner.Config.tuned_by
    assert space == METHOD.get(name, {"item_dropout"} if name == "plain-id" else set())
    steps = {"tune_steps", "tune_rate", "tune_shrink"}
    assert set(finetune) == {*JointConfig.space, *steps}
    from_ids = {option for option, base in taken.items() if base == "plain-id"}
    assert from_ids == (set(PlainIdConfig.space) if name in METHOD else set())
    assert set(taken.values()) <= {"plain-finetune", "plain-id"}
    assert set(taken) == set(JointConfig.space if name == "plain" else JointConfig.own_space) | (
        steps if name != "plain" else set()
    )


OURS = [n for n, one in registry.plugins("learner").items() if one.package == "coldbench"]


@pytest.mark.parametrize("name", OURS)
def test_tuning_can_return_to_the_defaults(name: str) -> None:
    """A model of the trials takes in none that lies outside the space."""
    variant = load_variant(name)
    config = variant.configure({})
    outside = {
        option: getattr(config, option)
        for option, dimension in variant.dimensions().items()
        if not dimension.holds(getattr(config, option))
    }
    assert not outside


@pytest.mark.parametrize("name", ["melu-released", "mamo-paper", "mamo-released"])
def test_a_published_version_is_a_fixed_thing(name: str) -> None:
    assert not load_variant(name).tunable


@pytest.mark.parametrize("name", ["icl", "svdpp-fold"])
def test_what_has_no_hidden_layers_tunes_none(name: str) -> None:
    assert "hidden" not in load_variant(name).dimensions()
