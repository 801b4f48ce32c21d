"""Attention of users over the memory slots: a_u = softmax_k(temperature * cosine(p_u, M_P[k]))."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch

__all__ = ["RandomLayer", "attention", "random_layers"]


class RandomLayer(NamedTuple):
    """One untrained linear layer K -> K for each read: weight [B, K, K], bias [B, K]."""

    weight: torch.Tensor
    bias: torch.Tensor


def attention(
    profile: torch.Tensor,
    memory: torch.Tensor,
    temperature: float = 1.0,
    layer: RandomLayer | None = None,
) -> torch.Tensor:
    """a_u [B, K] of the profiles p_u [B, P] over the profile memory M_P [K, P].

    With `layer` (released code only) the cosines pass through a random linear layer first.
    """
    scores = unit(profile) @ unit(memory).T
    if layer is not None:
        scores = torch.baddbmm(layer.bias[:, :, None], layer.weight, scores[:, :, None])[:, :, 0]
    return torch.softmax(temperature * scores, dim=1)


def random_layers(
    rngs: Iterable[np.random.Generator], slots: int, like: torch.Tensor
) -> RandomLayer:
    """A new layer from each generator, uniform within 1 / sqrt(K), torch's default."""
    draws = np.stack([rng.uniform(-1, 1, (slots + 1, slots)) for rng in rngs]) / slots**0.5
    layers = torch.from_numpy(draws).to(like)
    return RandomLayer(layers[:, :-1], layers[:, -1])


def unit(vectors: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(vectors, dim=1)
