"""Switches: each flips alone from either side, illegal combinations say why, traces stay or not."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from coldbench.rng import generator
from coldbench.tasks.episodes import EpisodeBatch
from mamo.learner import MAMO, mamo, mamo_released
from mamo.released import Drift, Drifting, single
from mamo.switches import MAMOConfig
from tests.mamo.problem import batch, domain, learner, training

SMALL = {"size": 4, "batch": 8, "epochs": 1, "meta_users": 12}
SWITCHES = MAMOConfig.switches


def side(name: str) -> dict:
    return {k: v for sides in SWITCHES.values() for k, v in sides[name].items()}


def trained(options: dict) -> MAMO:
    made = MAMO(MAMOConfig.model_validate({**SMALL, **options}), domain(), generator(0, "init"))
    made.train_epoch(training(), 0, generator(0, "order"))
    return made


def test_the_paper_has_no_switch_on() -> None:
    assert {k: getattr(MAMOConfig(), k) for k in side("paper")} == side("paper")
    later = {"user_clip", "local_clip", "meta_draw", "widths", "local_shrink", "random_support"}
    assert not later & MAMOConfig().model_dump().keys()


def test_released_has_every_switch_on() -> None:
    options = mamo_released.configure({}).model_dump()
    assert {k: options[k] for k in side("released")} == side("released")


@pytest.mark.parametrize("base", ["paper", "released"])
@pytest.mark.parametrize("name", SWITCHES)
def test_each_switch_flips_alone(base: str, name: str) -> None:
    other = "released" if base == "paper" else "paper"
    options = {**side(base), "meta_users": 12, **SWITCHES[name][other]}
    scores = trained(options).predict(batch())
    assert scores.isfinite().all()


def test_of_all_users_there_is_nothing_to_draw() -> None:
    assert MAMOConfig(meta_draw="random") == MAMOConfig()
    assert MAMOConfig(meta_draw="random", meta_users=100) != MAMOConfig(meta_users=100)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"readout": "median"}, "readout 'median' needs classes"),
        ({"attention": "random-layer", "profile_memory": False}, "reads the profile memory"),
        ({"profile_at_test": "write", "profile_memory": False}, "writes the profile memory"),
        ({"slots_start": "aliased", "gradient_memory": False}, "concerns the gradient memory"),
        ({"task_write": "convex", "task_memory": False}, "concerns the task memory"),
        ({"local_shrink": 3, "local_optimizer": "adam"}, "take local_optimizer 'sgd'"),
        ({"loss": "hinge"}, "loss"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_illegal_combinations_say_why(options: dict, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        MAMOConfig.model_validate(options)


def test_configurations_survive_json() -> None:
    for variant in (mamo, mamo_released):
        config = variant.configure({})
        assert MAMOConfig.model_validate_json(config.model_dump_json()) == config


def reversed_batch(data: EpisodeBatch) -> EpisodeBatch:
    return EpisodeBatch(*(getattr(data, f).flip(0) for f in data.__dataclass_fields__))


@pytest.mark.parametrize("name", ["restore", "profile-at-test"])
def test_traces_of_earlier_test_users(name: str) -> None:
    """Predictions depend on the order of users, a pass as a whole changes nothing."""
    made, data = trained(SWITCHES[name]["released"]), batch((5, 4, 5, 4))
    made.config = made.config.model_copy(update={"temperature": 20.0, "tau": 0.5})
    assert made.config.depends_on_order
    before = {k: v.clone() for k, v in made.model.state_dict().items()}
    whole = made.predict(data)
    assert not torch.allclose(whole.flip(0), made.predict(reversed_batch(data)), atol=1e-6)
    assert all(torch.equal(before[k], v) for k, v in made.model.state_dict().items())
    parts = [single(data, task) for task in range(4)]
    sequence = torch.cat(list(made.predict_pass(parts)))
    torch.testing.assert_close(sequence, whole)


def test_last_user_start_leaves_order_alone() -> None:
    made, data = trained({"test_start": "last-user"}), batch((5, 4, 5, 4))
    assert not made.config.depends_on_order
    other = trained({})
    assert not torch.allclose(made.predict(data), other.predict(data))
    torch.testing.assert_close(made.predict(reversed_batch(data)).flip(0), made.predict(data))


def test_drifting_inputs_are_the_embeddings() -> None:
    made = learner()
    data = single(batch((5,)), 0)
    inputs = Drifting(Drift(made.model), data, made.model.network.out.bias)
    items = made.model.item_profile(data.support_item[0])
    torch.testing.assert_close(inputs.support().item[0], items.detach())
    part = inputs.support(slice(1, 3)).item[0]
    torch.testing.assert_close(part, items.detach()[1:3])
    user = made.model.user_profile(data.user)
    torch.testing.assert_close(inputs.query().user[0], user.detach())


def test_aliased_slots_start_as_one() -> None:
    memory = learner(slots_start="aliased").model.memories.gradient1
    assert torch.equal(memory[0], memory[2])
    distinct = learner().model.memories.gradient1
    assert not torch.equal(distinct[0], distinct[2])


def test_only_biases_and_embeddings_drift() -> None:
    made = trained({"restore": "weights", "rate": 1e-9})
    start = MAMO(made.config, domain(), generator(0, "init"))
    network, fresh = made.model.network, start.model.network
    assert torch.allclose(network.hidden.weight, fresh.hidden.weight)
    assert not torch.allclose(network.hidden.bias, fresh.hidden.bias)
    rows = made.model.user.weights[0] - start.model.user.weights[0]
    assert np.count_nonzero(rows.detach().abs().sum(1)) >= 2
