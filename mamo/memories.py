"""The three memories of K slots, what is read from them, and how a batch of users writes them.

M_P [K, P] profiles; M_U gradients of the user network, one [K, in + 1, out] for each of its two
layers (the last input row belongs to the bias); M_UI [K, 2d, 2d] task memories (input, output).
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn

from mamo.switches import MAMOConfig

__all__ = ["Memories", "Outer", "composed", "write"]


class Outer(NamedTuple):
    """Each user's gradient of an affine layer in factors: sum_s x_s^T delta_s.

    x [B, S, in + 1] inputs, the last one 1; delta [B, S, out].
    """

    x: torch.Tensor
    delta: torch.Tensor


class Memories(nn.Module):
    """Buffers; written by `write`, never by gradients."""

    profile: torch.Tensor
    gradient1: torch.Tensor
    gradient2: torch.Tensor
    task: torch.Tensor

    def __init__(self, config: MAMOConfig, width: int, generator: torch.Generator) -> None:
        """All normal; `aliased`: the K slots of M_U start as one tensor (released code)."""
        super().__init__()
        slots, both = config.slots, 2 * config.size

        def normal(*shape: int, std: float) -> torch.Tensor:
            return torch.empty(shape).normal_(0, std, generator=generator)

        self.register_buffer("profile", normal(slots, width, std=1.0))
        distinct = 1 if config.slots_start == "aliased" else slots
        between = config.between(width, config.size)
        for name, inputs, outputs in (
            ("gradient1", width, between),
            ("gradient2", between, config.size),
        ):
            start = normal(distinct, inputs + 1, outputs, std=config.gradient_std)
            self.register_buffer(name, start.expand(slots, -1, -1).clone())
        self.register_buffer("task", normal(slots, both, both, std=config.task_std or both**-0.5))

    def task_of(self, attention: torch.Tensor) -> torch.Tensor:
        """M_u,I = a_u^T M_UI, [B, 2d, 2d], from a_u [B, K]."""
        slots, rows, columns = self.task.shape
        return (attention @ self.task.reshape(slots, -1)).reshape(-1, rows, columns)

    def write_profile(self, attention: torch.Tensor, profile: torch.Tensor, alpha: float) -> None:
        """M_P <- alpha (a_u p_u^T) + (1 - alpha) M_P, for users p_u [B, P] in order."""
        keep = torch.full_like(attention, 1 - alpha)
        write(self.profile, keep, alpha * attention, profile)

    def write_gradient(
        self, attention: torch.Tensor, gradient: Sequence[Outer], beta: float
    ) -> None:
        """M_U <- beta (a_u x gradient of the user network) + (1 - beta) M_U, in order."""
        keep = torch.full_like(attention, 1 - beta)
        for memory, outer in zip((self.gradient1, self.gradient2), gradient, strict=True):
            write_outer(memory, keep, beta * attention, outer)

    def write_task(
        self, attention: torch.Tensor, adapted: torch.Tensor, gamma: float, convex: bool
    ) -> None:
        """M_UI <- gamma (a_u x M_u,I) + (1 - gamma) M_UI, adapted M_u,I [B, 2d, 2d], in order.

        As published, a write of what was read shrinks M_UI by about 1 - gamma + gamma / K. With
        `convex` the slot k keeps its size: M_k <- gamma a_k M_u,I + (1 - gamma a_k) M_k.
        """
        add = gamma * attention
        write(self.task, 1 - add if convex else torch.full_like(add, 1 - gamma), add, adapted)


def composed(keep: torch.Tensor, add: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """B writes M_k <- keep_bk M_k + add_bk v_b, b = 0 .. B-1, as one write of the batch.

    Returns factor [K] and weight [B, K] with M_k <- factor_k M_k + sum_b weight_bk v_b:
    factor = prod_b keep_b, weight_b = add_b prod_{c > b} keep_c.
    """
    since = keep.flip(0).cumprod(0).flip(0)
    return since[0], add * torch.cat([since[1:], torch.ones_like(since[:1])])


def write(
    memory: torch.Tensor, keep: torch.Tensor, add: torch.Tensor, values: torch.Tensor
) -> None:
    """The composed writes of values [B, ...] into memory [K, ...], in place."""
    factor, weight = composed(keep, add)
    flat = memory.view(len(memory), -1)
    flat.mul_(factor[:, None]).addmm_(weight.T, values.reshape(len(values), -1))


def write_outer(memory: torch.Tensor, keep: torch.Tensor, add: torch.Tensor, value: Outer) -> None:
    """The same for values in factors, never formed for one user: memory [K, in, out]."""
    factor, weight = composed(keep, add)
    slots, inputs, outputs = memory.shape
    x = (weight[:, None, :, None] * value.x[:, :, None]).view(-1, slots * inputs)
    flat = memory.mul_(factor[:, None, None]).view(-1, outputs)
    flat.addmm_(x.T, value.delta.reshape(-1, outputs))
