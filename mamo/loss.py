"""Losses as the gradient of the network's output, and readouts of a rating from it.

Outputs z [B, S, C]: C = 1 for regression, else one for each level of the rating scale.
"""

from dataclasses import dataclass

import torch

__all__ = ["Target", "gradient", "readout", "value"]


@dataclass(frozen=True)
class Target:
    """How ratings become targets: offset and unit for regression, levels [C] for classes."""

    offset: float
    unit: float
    levels: torch.Tensor

    def truth(self, kind: str, rating: torch.Tensor) -> torch.Tensor:
        """Ratings [B, S] as [B, S, C]: about zero for regression, the nearest level as one-hot."""
        if kind in ("squared", "absolute"):
            return (rating[..., None] - self.offset) / self.unit
        index = nearest(rating, self.levels.to(rating))
        return torch.nn.functional.one_hot(index, len(self.levels)).to(rating)


def gradient(kind: str, z: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """d loss / d z for each cell, [B, S, C].

    squared (y - r)^2; absolute |y - r|; cross-entropy of softmax(z); softmax-twice (released
    code): cross-entropy of softmax(softmax(z)).
    """
    if kind == "squared":
        return 2 * (z - truth)
    if kind == "absolute":
        return torch.sign(z - truth)
    share = torch.softmax(z, -1)
    if kind == "cross-entropy":
        return share - truth
    back = torch.softmax(share, -1) - truth
    return share * (back - (back * share).sum(-1, keepdim=True))


def value(kind: str, z: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """The loss of each cell, [B, S]."""
    if kind in ("squared", "absolute"):
        error = (z - truth)[..., 0]
        return error.square() if kind == "squared" else error.abs()
    if kind == "softmax-twice":
        z = torch.softmax(z, -1)
    return -(torch.log_softmax(z, -1) * truth).sum(-1)


def readout(kind: str, z: torch.Tensor, target: Target) -> torch.Tensor:
    """Ratings [B, S]: expectation, median or argmax of the classes; a regression's output is its
    expectation, and its argmax the nearest level."""
    levels = target.levels.to(z)
    if z.shape[-1] == 1:
        rating = z[..., 0] * target.unit + target.offset
        return levels[nearest(rating, levels)] if kind == "argmax" else rating
    share = torch.softmax(z, -1)
    if kind == "argmax":
        return levels[z.argmax(-1)]
    if kind == "expectation":
        return share @ levels
    above = share.cumsum(-1) >= 0.5 - 1e-6
    return levels[above.to(torch.int8).argmax(-1)]


def nearest(rating: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
    """The index of the level [C] nearest to each rating."""
    return (rating[..., None] - levels).abs().argmin(-1)
