"""The embedded data set: ratings drawn from a stated latent model, so the best MAE is known.

`latent.py` states the model, `activity.py` who rates what and when.
"""

from typing import Any, ClassVar, Self

import pydantic

from coldbench.data.dataset import Dataset, Options, content_key
from coldbench.data.ratings import Ratings
from coldbench.data.synthetic.activity import FEWEST

__all__ = ["Synthetic"]


class Synthetic(Dataset):
    """Films and viewers that never were, shaped like MovieLens-1M."""

    class Config(Options):
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

    summary: ClassVar[str] = "embedded: made in seconds from a known model, with its oracle"
    licence: ClassVar[str] = "CC0-1.0 (made by coldbench)"
    source: ClassVar[str] = "generated; see coldbench/data/synthetic/latent.py"
    config: Config

    def __init__(self, config: Any) -> None:
        super().__init__(config)

    def key(self) -> str:
        return content_key("synthetic", self.config.model_dump(), {})

    def load(self) -> Ratings:
        from coldbench.data.synthetic.latent import draw

        return draw(self.config, self.licence)
