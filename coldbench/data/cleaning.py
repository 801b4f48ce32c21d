"""Which ratings count, and the options of every data set that is read from files."""

from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_validator

from coldbench.data.dataset import Options
from coldbench.data.ratings import Scale

__all__ = ["AS_GIVEN", "AS_THEY_ARE", "Cleaning", "RawOptions", "Repeated"]

Repeated = Literal["first", "last", "mean"]


class Cleaning(NamedTuple):
    """missing: values that say "not rated", dropped; repeated: which rating of a repeated pair
    counts; strict: refuse what would otherwise count as unknown; users: so many of them alone,
    drawn at random, the same ones each time."""

    missing: tuple[float, ...] = ()
    repeated: Repeated = "first"
    strict: bool = False
    users: int | None = None

    @property
    def departures(self) -> dict[str, Any]:
        """What is not as by default, in plain values: for keys of prepared data."""
        default = type(self)()
        pairs = zip(self._fields, self, default, strict=True)
        return {name: value for name, value, usual in pairs if value != usual}


AS_THEY_ARE = Cleaning()


class RawOptions(Options):
    """path: a folder, file or zip archive; without it the imported copy in the data home is read.

    scale: `low,high,step`, if not to be inferred, a step of 0 for a continuous one; missing,
    repeated, strict, users: see `Cleaning`.
    """

    path: Path | None = None
    scale: tuple[float, float, float] | None = None
    missing: tuple[float, ...] = ()
    repeated: Repeated = Field("first")
    strict: bool = False
    users: int | None = Field(None, ge=2)

    @field_validator("scale", "missing", mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, int | float):
            return (value,)
        return value.split(",") if isinstance(value, str) else value

    @field_validator("scale")
    @classmethod
    def _ordered(cls, value: tuple[float, float, float] | None) -> object:
        if value and not (value[0] <= value[1] and value[2] >= 0):
            raise ValueError("give low,high,step with low <= high and step > 0, or 0 for no steps")
        return value

    @property
    def cleaning(self) -> Cleaning:
        """The treatment that these options ask for."""
        return Cleaning(self.missing, self.repeated, self.strict, self.users)

    @property
    def departures(self) -> dict[str, Any]:
        """All that makes other ratings of the same files, where it is not as by default."""
        return {**({"scale": self.scale} if self.scale else {}), **self.cleaning.departures}

    @property
    def given_scale(self) -> Scale | None:
        """The scale, if one was given."""
        return Scale(*self.scale) if self.scale else None


AS_GIVEN = RawOptions()
