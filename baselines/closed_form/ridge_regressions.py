"""Many small ridge regressions at once: one for each user or item, over its ratings.

Axes: n ratings, G groups, K coefficients.
"""

from typing import NamedTuple

import torch

from coldbench import TrainingData

__all__ = ["Cells", "add_groups", "solve_groups"]

CHUNK = 2**15  # ratings whose outer products are formed at once


class Cells(NamedTuple):
    """The training ratings as tensors: user int64 [n], the place in `task_user`; item int64 [n];
    value float64 [n]."""

    user: torch.Tensor
    item: torch.Tensor
    value: torch.Tensor
    n_users: int

    @classmethod
    def of(cls, data: TrainingData) -> "Cells":
        rows = data.lists.rows
        columns = data.lists.owner, data.item[rows], data.value[rows].astype(float)
        tensors = [torch.tensor(column, device=data.device) for column in columns]
        return cls(tensors[0], tensors[1], tensors[2], len(data.task_user))

    def where(self, keep: torch.Tensor) -> "Cells":
        """Only the ratings with `keep` (bool [n])."""
        return Cells(self.user[keep], self.item[keep], self.value[keep], self.n_users)


def solve_groups(
    group: torch.Tensor, n: int, x: torch.Tensor, y: torch.Tensor, penalty: torch.Tensor
) -> torch.Tensor:
    """argmin over w_g of sum_(g's rows) (y - x w_g)^2 + w_g' diag(penalty) w_g, [G, K].

    group int64 [n], x [n, K], y [n], penalty [K] > 0; a group without rows has w = 0.
    """
    k = x.shape[1]
    system = torch.diag(penalty).expand(n, k, k).clone()
    right = torch.zeros(n, k, dtype=x.dtype, device=x.device)
    add_groups(system, right, group, x, y)
    solved: torch.Tensor = torch.linalg.solve(system, right)
    return solved


def add_groups(
    system: torch.Tensor, right: torch.Tensor, group: torch.Tensor, x: torch.Tensor, y: torch.Tensor
) -> None:
    """Adds each group's X'X to `system` [G, K, K] and X'y to `right` [G, K], in place."""
    chunks = (torch.split(part, CHUNK) for part in (group, x, y))
    for some, rows, target in zip(*chunks, strict=True):
        system.index_add_(0, some, rows[:, :, None] * rows[:, None])
        right.index_add_(0, some, rows * target[:, None])
