"""The paper's equations against cases computed by hand, or by a second route."""

import math

import numpy as np
import pytest
import torch

from mamo import loss
from mamo.attention import attention, random_layers
from mamo.layers import FixedInput, OneOutput, PerTask, Turned
from mamo.local import shift_by_memory
from mamo.loss import Target
from mamo.memories import Memories, Outer, composed
from mamo.network import Affine
from mamo.optimisers import Adam
from mamo.switches import MAMOConfig

TARGET = Target(3.0, 1.0, torch.arange(1.0, 6.0))


def memories(**options: object) -> Memories:
    config = MAMOConfig.model_validate({"size": 2, "slots": 2, **options})
    return Memories(config, 2, torch.Generator().manual_seed(0)).double()


def double(*values: object) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_attention_is_a_softmax_of_cosines() -> None:
    """p = (3, 4); slots (1, 0), (0, 2): cosines .6 and .8."""
    a = attention(double([3, 4]), double([1, 0], [0, 2]))
    assert a[0, 0].item() == pytest.approx(math.exp(0.6) / (math.exp(0.6) + math.exp(0.8)))
    sharp = attention(double([3, 4]), double([1, 0], [0, 2]), temperature=10)
    assert sharp[0, 1].item() == pytest.approx(1 / (1 + math.exp(-2)))


def test_random_layer_makes_attention_a_lottery() -> None:
    """Five reads of one user differ, in about the range measured on the released code."""
    rng = np.random.default_rng(0)
    layer = random_layers([rng] * 200, 3, torch.zeros(1))
    profile, slots = torch.ones(1, 4).expand(200, 4), torch.eye(3, 4)
    a = attention(profile, slots, 1.0, layer)
    assert a.sum(1).allclose(torch.ones(200))
    assert 0.15 < a.quantile(0.1) < 0.27
    assert 0.4 < a.quantile(0.9) < 0.55


def test_profile_write() -> None:
    """M_P <- .5 a p^T + .5 M_P, twice: the second user writes on what the first left."""
    stored = memories()
    stored.profile.copy_(double([2, 0], [0, 2]))
    stored.write_profile(double([0.25, 0.75], [1, 0]), double([4, 8], [2, 2]), 0.5)
    first = double([1.5, 1], [1.5, 4])
    expected = 0.5 * first + 0.5 * double([2, 2], [0, 0])
    torch.testing.assert_close(stored.profile, expected)


def test_published_profile_writes_make_all_slots_one() -> None:
    """A write adds a_k p to slot k and halves the rest: once a user is spread evenly, the slots
    point the same way, so the next user is spread evenly too. Attention ends at 1 / K."""
    stored = Memories(MAMOConfig(size=2), 8, torch.Generator().manual_seed(0)).double()
    profiles = torch.randn(64, 8, generator=torch.Generator().manual_seed(1)).double()
    for user in profiles:
        stored.write_profile(attention(user[None], stored.profile), user[None], 0.5)
    cosines = torch.nn.functional.normalize(stored.profile, dim=1)
    torch.testing.assert_close(cosines @ cosines.T, torch.ones(3, 3).double())
    a = attention(profiles[:5], stored.profile, temperature=10)
    torch.testing.assert_close(a, torch.full((5, 3), 1 / 3).double())


def test_gradient_write() -> None:
    """M_U <- .05 a x gradient + .95 M_U, the gradient being x^T delta."""
    stored = memories()
    stored.gradient1.fill_(1)
    outer = Outer(double([[1, 2, 1]]), double([[3, 5]]))
    stored.write_gradient(double([0.2, 0.8]), [outer, outer], 0.05)
    assert stored.gradient1[1, 1].tolist() == pytest.approx([0.95 + 0.04 * 6, 0.95 + 0.04 * 10])
    assert stored.gradient1[0, 2].tolist() == pytest.approx([0.95 + 0.01 * 3, 0.95 + 0.01 * 5])


def test_task_read_and_writes() -> None:
    stored, start = memories(), memories().task.clone()
    a = double([0.25, 0.75])
    read = stored.task_of(a)
    torch.testing.assert_close(read[0], 0.25 * start[0] + 0.75 * start[1])
    stored.write_task(a, read, 0.1, convex=False)
    torch.testing.assert_close(stored.task[1], 0.1 * 0.75 * read[0] + 0.9 * start[1])
    stored.task.copy_(start)
    stored.write_task(a, read, 0.1, convex=True)
    torch.testing.assert_close(stored.task[1], 0.075 * read[0] + 0.925 * start[1])


@pytest.mark.parametrize(("convex", "remains"), [(False, 0.0), (True, 0.3)])
def test_published_write_contracts_the_task_memory(convex: bool, remains: float) -> None:
    """By about 1 - gamma + gamma / K a write of what was read; the convex write does not."""
    stored = memories(slots=3, size=8)
    a = torch.full((1, 3), 1 / 3, dtype=torch.float64)
    stored.write_task(a, stored.task_of(a), 0.1, convex)
    first = stored.task.sum(0).norm()
    stored.write_task(a, stored.task_of(a), 0.1, convex)
    shrink = stored.task.sum(0).norm() / first
    assert shrink.item() == pytest.approx(1.0 if convex else 1 - 0.1 + 0.1 / 3)
    norm = stored.task.norm()
    for _ in range(100):
        stored.write_task(a, stored.task_of(a), 0.1, convex)
    assert stored.task.norm() / norm >= remains
    if not convex:
        assert stored.task.norm() / norm < 0.01


def test_composed_writes_are_a_loop() -> None:
    generator = torch.Generator().manual_seed(1)
    keep, add = torch.rand(2, 7, 3, generator=generator, dtype=torch.float64)
    values = torch.randn(7, 4, generator=generator, dtype=torch.float64)
    memory = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    factor, weight = composed(keep, add)
    composed_once = factor[:, None] * memory + weight.T @ values
    for b in range(7):
        memory = keep[b][:, None] * memory + add[b][:, None] * values[b]
    torch.testing.assert_close(composed_once, memory, rtol=1e-12, atol=1e-12)


def test_user_network_starts_below_phi() -> None:
    """theta_u = phi_u - tau b_u, b_u = a^T M_U."""
    phi = Affine(2, 2, torch.Generator().manual_seed(0)).double()
    memory = memories().gradient1
    weight, bias = shift_by_memory(phi, memory, double([0.25, 0.75]), 0.5)
    b = 0.25 * memory[0] + 0.75 * memory[1]
    torch.testing.assert_close(weight[0], phi.weight.detach() - 0.5 * b[:2])
    torch.testing.assert_close(bias[0, 0], phi.bias.detach() - 0.5 * b[2])


def test_a_layer_of_fixed_input_never_forms_its_weights() -> None:
    generator = torch.Generator().manual_seed(2)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    x, weight, bias = normal(3, 5, 4), normal(4, 2), normal(2)
    fixed, formed = FixedInput(weight, bias, x), PerTask(weight, bias)
    for _ in range(3):
        delta = normal(3, 5, 2)
        fixed.descend(x, delta, 0.1)
        formed.descend(x, delta, 0.1)
    other, delta = normal(3, 6, 4), normal(3, 6, 2)
    torch.testing.assert_close(fixed.forward(other), formed.forward(other))
    torch.testing.assert_close(fixed.forward(x), formed.forward(x))
    torch.testing.assert_close(fixed.backward(delta), formed.backward(delta))
    torch.testing.assert_close(fixed.of_last()[0], formed.of_last()[0])
    torch.testing.assert_close(fixed.of_last()[1], formed.of_last()[1])


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "own"])
@pytest.mark.parametrize(("turned", "outputs"), [(Turned, 6), (OneOutput, 1)])
def test_layers_that_lie_turned_are_the_same(
    turned: type[PerTask], outputs: int, shared: bool
) -> None:
    generator = torch.Generator().manual_seed(3)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    start = (normal(4, outputs), normal(outputs)) if shared else (normal(3, 4, outputs), None)
    ours, plain = turned(*start), PerTask(*start)
    for _ in range(3):
        x, delta = normal(3, 5, 4), normal(3, 5, outputs)
        torch.testing.assert_close(ours.forward(x), plain.forward(x))
        torch.testing.assert_close(ours.backward(delta), plain.backward(delta))
        ours.descend(x, delta, 0.1)
        plain.descend(x, delta, 0.1)
    torch.testing.assert_close(ours.of_last(), plain.of_last())


@pytest.mark.parametrize("kind", ["squared", "absolute", "cross-entropy", "softmax-twice"])
def test_losses_have_their_gradients(kind: str) -> None:
    classes = 1 if kind in ("squared", "absolute") else 5
    rating = double([1, 5, 3])
    z = torch.randn(1, 3, classes, dtype=torch.float64, requires_grad=True)
    truth = TARGET.truth(kind, rating)
    (expected,) = torch.autograd.grad(loss.value(kind, z, truth).sum(), z)
    torch.testing.assert_close(loss.gradient(kind, z.detach(), truth), expected)


def test_readouts() -> None:
    share = double([[0.4, 0.15, 0.05, 0.2, 0.2]])[None]
    got = {kind: loss.readout(kind, share.log(), TARGET).item() for kind in READOUTS}
    assert got == pytest.approx({"argmax": 1.0, "median": 2.0, "expectation": 2.65})
    value = double([[0.6]])[None]
    assert loss.readout("expectation", value, TARGET).item() == pytest.approx(3.6)
    assert loss.readout("argmax", value, TARGET).item() == 4.0


READOUTS = ("argmax", "median", "expectation")


class NoInputs:
    def tensors(self) -> list[torch.Tensor]:
        return []

    def adopt(self, tensors: list[torch.Tensor]) -> None:
        pass


def test_local_adam_is_torchs() -> None:
    x, delta = torch.randn(2, 3, 4), torch.randn(2, 3, 5)
    layer = PerTask(torch.randn(4, 5), torch.randn(5))
    weight = layer.weight.expand(2, -1, -1).clone().requires_grad_()
    reference = torch.optim.Adam([weight], lr=0.01)
    rule = Adam({"out": layer}, NoInputs(), 0.01, tasks=2)
    for _ in range(3):
        weight.grad = torch.bmm(x.mT, delta)
        reference.step()
        rule.step({"out": x}, {"out": delta})
    torch.testing.assert_close(layer.weight, weight.detach())
