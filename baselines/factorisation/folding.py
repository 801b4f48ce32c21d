"""A user as the sum of what he rated: the equation of `svdpp-fold`, with or without a rating.

    e_j = z_uj - b_j - a_u                                   j: the user's ratings, n of them
    c_u = sum_j e_j / (n + shrink)
    f_u = n^-1/2 sum_j [ (e_j - c_u) x_j + y_j ]             0 without ratings

Each sum runs over all ratings but the one that is predicted: in training that rating is among
them, and what it adds is taken off again, so that no loop is needed.
Axes: B tasks, S ratings of a task, K factors.
"""

from typing import NamedTuple

import torch

__all__ = ["Rated", "fold", "fold_without_own"]


class Rated(NamedTuple):
    """What a user rated. error: e_j [B, S], x and y [B, S, K], all 0 in the padding; size: n [B].

    The sums over a task's ratings are made once for all that are left out of them.
    """

    error: torch.Tensor
    x: torch.Tensor
    y: torch.Tensor
    size: torch.Tensor

    @classmethod
    def of(
        cls, error: torch.Tensor, x: torch.Tensor, y: torch.Tensor, mask: torch.Tensor
    ) -> "Rated":
        """From tensors with any padding; mask bool [B, S]."""
        known = mask.to(error.dtype)
        return cls(error * known, x * known[..., None], y * known[..., None], known.sum(1))


def fold(rated: Rated, shrink: float) -> tuple[torch.Tensor, torch.Tensor]:
    """c_u [B] and f_u [B, K]."""
    error, x, y = rated.error.sum(1), rated.x.sum(1), rated.y.sum(1)
    weighted = (rated.error[..., None] * rated.x).sum(1)
    return _user(error, weighted, x, y, rated.size, shrink)


def fold_without_own(rated: Rated, shrink: float) -> tuple[torch.Tensor, torch.Tensor]:
    """c_u [B, S] and f_u [B, S, K] for each rating of each task, from the task's other ratings."""
    own = rated.error[..., None] * rated.x
    error = rated.error.sum(1, keepdim=True) - rated.error
    weighted, x, y = (part.sum(1, keepdim=True) - part for part in (own, rated.x, rated.y))
    others = (rated.size - 1).clamp(min=0)[:, None].expand_as(error)
    return _user(error, weighted, x, y, others, shrink)


def _user(
    error: torch.Tensor,
    weighted: torch.Tensor,
    x: torch.Tensor,
    y: torch.Tensor,
    count: torch.Tensor,
    shrink: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """c_u [...] and f_u [..., K] from sums over ratings: of e, of e x, of x, of y."""
    shift = error / (count + shrink)
    total = weighted - shift[..., None] * x + y
    return shift, total / count.clamp(min=1).sqrt()[..., None]
