"""How odd ratings are treated, and the options of every data set that is read from files."""

from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, field_validator

from coldbench.data.dataset import Options
from coldbench.data.ratings import Scale

__all__ = ["AS_THEY_ARE", "Cleaning", "RawOptions", "Repeated"]

Repeated = Literal["first", "last", "mean"]


class Cleaning(NamedTuple):
    """missing: values that say "not rated", dropped; repeated: which rating of a repeated pair
    counts; strict: refuse what would otherwise count as unknown."""

    missing: tuple[float, ...] = ()
    repeated: Repeated = "first"
    strict: bool = False


AS_THEY_ARE = Cleaning()


class RawOptions(Options):
    """path: a folder, file or zip archive; without it the imported copy in the data home is read.

    scale: `low,high,step`, if not to be inferred; missing, repeated, strict: see `Cleaning`.
    """

    path: Path | None = None
    scale: tuple[float, float, float] | None = None
    missing: tuple[float, ...] = ()
    repeated: Repeated = Field("first")
    strict: bool = False

    @field_validator("scale", "missing", mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, int | float):
            return (value,)
        return value.split(",") if isinstance(value, str) else value

    @field_validator("scale")
    @classmethod
    def _ordered(cls, value: tuple[float, float, float] | None) -> object:
        if value and not (value[0] <= value[1] and value[2] > 0):
            raise ValueError("give low,high,step with low <= high and step > 0")
        return value

    @property
    def cleaning(self) -> Cleaning:
        """The treatment that these options ask for."""
        return Cleaning(self.missing, self.repeated, self.strict)

    @property
    def given_scale(self) -> Scale | None:
        """The scale, if one was given."""
        return Scale(*self.scale) if self.scale else None
