"""How large the synthetic data are, and how noisy."""

from typing import Self

import pydantic

from coldbench.data.dataset import Options
from coldbench.data.synthetic.activity import FEWEST

__all__ = ["SyntheticOptions"]


class SyntheticOptions(Options):
    """Sizes, the seed of the data (no run seed touches it), and the noise.

    n_ratings: between 20 per user and every pair of user and item;
    noise: standard deviation of the part of a rating that nobody can predict, in points.
    """

    n_users: int = pydantic.Field(1000, ge=1, le=1_000_000)
    n_items: int = pydantic.Field(800, ge=FEWEST, le=1_000_000)
    n_ratings: int = pydantic.Field(60_000, ge=FEWEST, le=25_000_000)
    seed: int = pydantic.Field(0, ge=0, lt=2**63)
    noise: float = pydantic.Field(0.9, ge=0, le=10)

    @pydantic.model_validator(mode="after")
    def _fits(self) -> Self:
        least, most = FEWEST * self.n_users, self.n_users * self.n_items
        if not least <= self.n_ratings <= most:
            raise ValueError(
                f"n_ratings must be between {least} ({FEWEST} per user) and {most} "
                f"(every pair) for {self.n_users} users and {self.n_items} items"
            )
        return self
