"""Draws and means of many Gaussians at once, given by their precisions.

Axes: n Gaussians, K dimensions. Normal draws come from NumPy, so that they are the same on every
device.
"""

import numpy as np
import torch

__all__ = ["conditional_draw", "conditional_mean", "normals"]


def normals(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Independent standard normal numbers, float64, on the CPU."""
    return torch.from_numpy(rng.standard_normal(shape))


def conditional_mean(precision: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """P^-1 h for each precision P [n, K, K] and h [n, K]."""
    factor = torch.linalg.cholesky(precision)
    return torch.cholesky_solve(right[..., None], factor)[..., 0]


def conditional_draw(
    precision: torch.Tensor, right: torch.Tensor, noise: torch.Tensor
) -> torch.Tensor:
    """P^-1 h + L^-T z, where P = L L': a draw of N(P^-1 h, P^-1) for standard normal z [n, K]."""
    factor = torch.linalg.cholesky(precision)
    half = torch.linalg.solve_triangular(factor, right[..., None], upper=False)
    whole = torch.linalg.solve_triangular(factor.mT, half + noise[..., None], upper=True)
    drawn: torch.Tensor = whole[..., 0]
    return drawn
