"""Successive halving as its user writes it: how many configurations start, what a rung costs.

A rung measures some configurations by runs of a share of the epochs, at some of the seeds; the
best go on to the next. Jamieson & Talwalkar 2016; Li et al. 2018 (Hyperband).
"""

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Halving", "Rung"]


class Rung(BaseModel):
    """What is run of each of its `configurations`: a `share` of the epochs at `seeds` seeds."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    configurations: int = Field(ge=1)
    share: float = Field(gt=0, le=1)
    seeds: int = Field(ge=1)


class Halving(BaseModel):
    """The first rung has all `configurations` on one seed in `share` of the epochs, the last one
    `finalists` on all seeds in all epochs.

    The defaults: 32 quarter runs and 3 x 3 whole ones, 17 in all, are about twice 8 whole ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    configurations: int = 32
    finalists: int = 3
    share: float = 0.25

    @model_validator(mode="after")
    def _in_order(self) -> "Halving":
        if not 0 < self.share <= 1:
            raise ValueError(
                f"share {self.share:g} is no share of the epochs: above 0, at most 1, such as 0.25"
            )
        if self.finalists < 2:
            raise ValueError(
                f"{self.finalists} finalists: give 2 or more, the defaults are always one of them"
            )
        if self.configurations <= self.finalists:
            raise ValueError(
                f"{self.configurations} configurations for {self.finalists} finalists: give more "
                f"configurations, {self.finalists + 1} at least, or fewer finalists"
            )
        return self

    def rungs(self, seeds: int) -> tuple[Rung, ...]:
        """The rungs of a tuning on so many seeds."""
        return (
            Rung(configurations=self.configurations, share=self.share, seeds=1),
            Rung(configurations=self.finalists, share=1.0, seeds=seeds),
        )
