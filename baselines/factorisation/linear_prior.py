"""The prior of users' or items' vectors, whose mean is linear in content, and its Gibbs step.

    v_n ~ N(x_n W, L^-1)      x_n = (1, content);  W [D, K], L [K, K]
    W | L, c ~ N(0, (c I)^-1 x L^-1),   L ~ Wishart(K, (K s^2 I)^-1),   c ~ Gamma(1/2, 1/2)

Given vectors V of n users or items with content X, A = X'X + c I and M = A^-1 X'V:

    L | V, c    ~ Wishart(K + n, (K s^2 I + V'(V - X M))^-1)       W is integrated out
    W | V, L, c ~ N(M, A^-1 x L^-1)
    c | W, L    ~ Gamma((1 + D K) / 2, (1 + tr(W L W')) / 2)

Macau (Simm et al. 2017, section 3) in a block for L and W, and with a direct solution for W:
D is small here. Departures: the mean of all vectors is the constant in x and shares c with the
content. Axes: N users or items, D content, K dimensions of a vector.
"""

import numpy as np
import torch
from scipy.stats import wishart

from baselines.factorisation.gaussians import normals

__all__ = ["LinearPrior"]


class LinearPrior:
    """content, float64 [N, D], has the constant; weight [D, K] is W and precision [K, K] is L."""

    def __init__(self, content: torch.Tensor, size: int, spread: float) -> None:
        self.content, self.spread = content, spread
        self.weight = content.new_zeros(content.shape[1], size)
        self.precision = torch.eye(size, dtype=content.dtype) / spread**2
        self.ridge = 1.0  # c

    def to(self, device: str) -> None:
        """Moves all tensors."""
        self.content, self.weight, self.precision = (
            tensor.to(device) for tensor in (self.content, self.weight, self.precision)
        )

    @property
    def mean(self) -> torch.Tensor:
        """x W of every user or item, [N, K]."""
        return self.content @ self.weight

    def sample(self, vectors: torch.Tensor, index: torch.Tensor, rng: np.random.Generator) -> None:
        """One draw of L, W and c given the vectors [n, K] of the users or items `index`."""
        x = self.content[index]
        system = x.mT @ x + self.ridge * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
        factor = torch.linalg.cholesky(system)
        best = torch.cholesky_solve(x.mT @ vectors, factor)
        scatter = vectors.mT @ (vectors - x @ best)
        self.precision = self._precision(scatter, len(vectors), rng)
        noise = normals(rng, *best.shape).to(best.device)
        left = torch.linalg.solve_triangular(factor.mT, noise, upper=True)
        right = torch.linalg.cholesky(self.precision)
        self.weight = best + torch.linalg.solve_triangular(right, left, upper=False, left=False)
        size_of_weight = float((self.weight @ self.precision * self.weight).sum())
        shape = 0.5 * (1 + self.weight.numel())
        self.ridge = float(rng.gamma(shape, 2 / (1 + size_of_weight)))

    def _precision(self, scatter: torch.Tensor, n: int, rng: np.random.Generator) -> torch.Tensor:
        """L given V'(V - X M), [K, K]."""
        size = len(scatter)
        around = (scatter + scatter.mT).cpu().numpy() / 2 + size * self.spread**2 * np.eye(size)
        scale = np.linalg.inv(around)
        drawn = wishart.rvs(size + n, (scale + scale.T) / 2, random_state=rng)
        return torch.from_numpy(np.reshape(drawn, (size, size))).to(scatter.device)
