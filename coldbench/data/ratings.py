"""The immutable tables that everything starts from: Field, Catalogue, Ratings.

Axes: N ratings, U users, I items. A rating's row number (its position in the raw file, counted
from 0) travels with it up to the report.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from coldbench.errors import DataError

__all__ = ["ROLES", "Array", "Catalogue", "Field", "Ratings", "Scale"]

Array = npt.NDArray[Any]
ROLES = ("", "train", "validation", "support", "query")
"""What a published split says of a rating; "" when it says nothing."""


class Scale(NamedTuple):
    """The rating scale: lowest and highest value, and the step between values.

    A step of 0 says that the scale is continuous: any value between the ends may occur.
    """

    low: float
    high: float
    step: float

    @property
    def middle(self) -> float:
        """Halfway between lowest and highest: what a learner says before it has seen a rating."""
        return (self.low + self.high) / 2

    @property
    def stepped(self) -> "Scale":
        """The scale by which figures tell predictions apart: a continuous one has 20 steps here,
        and one of a single value has one step of 1."""
        step = self.step or (self.high - self.low) / 20 or 1.0
        return Scale(self.low, max(self.high, self.low + step), step)


@dataclass(frozen=True, eq=False)
class Field:
    """One content field of users or items.

    kind `category`: values int32 [n], 0 = unknown, 1..size-1 the categories;
    kind `set`: values int32 [n, L], padded with 0, the other entries as for a category;
    kind `number`: values float32 [n], NaN = unknown; size is 0.
    labels: the names of the categories 1..size-1 (empty for numbers).
    """

    name: str
    kind: Literal["category", "set", "number"]
    size: int
    values: Array
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What is known of users and items without any rating: content, never statistics of ratings.

    n_users, n_items: U and I; item_title: display names, str [I], or None.
    """

    n_users: int
    n_items: int
    user_fields: tuple[Field, ...] = ()
    item_fields: tuple[Field, ...] = ()
    item_title: Array | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "Catalogue":
        return self  # immutable, and shared by all copies of a learner

    @property
    def item_year(self) -> Array | None:
        """Release years, float32 [I] with NaN for unknown, or None when no field holds them."""
        names = ("release_year", "year", "publication_year", "year_of_publication")
        for candidate in self.item_fields:
            if candidate.name in names and candidate.kind == "number":
                return candidate.values
        return None


@dataclass(frozen=True, eq=False)
class Ratings:
    """All ratings of a data set, with its catalogue. Arrays are read-only.

    user, item: int32 [N], dense indices; value: float32 [N], on `scale`;
    time: int64 [N], Unix seconds, or None; user_id, item_id: raw ids, str [U] and [I];
    role: int8 [N], an index into ROLES, where the data came with a split, or None;
    best: float32 [N], the prediction of least expected absolute error under the model that made
    the data (synthetic data only), or None; notes: what the reader dropped or repaired;
    understood: how the files were read, a line each; warnings: what may be wrong with the data;
    sha256: of everything but what is said; rows_sha256: of users, items and values row by row, and
    of all ids, whatever the content, titles, times and scale: with equal times and item years,
    equal rows mean equal splits and episodes;
    withheld: values that nobody may see are NaN (`coldbench.data.withholding`).
    """

    name: str
    user: Array
    item: Array
    value: Array
    time: Array | None
    scale: Scale
    catalogue: Catalogue
    user_id: Array
    item_id: Array
    best: Array | None = None
    role: Array | None = None
    licence: str = "unknown"
    notes: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sha256: str = field(default="")
    rows_sha256: str = field(default="")
    withheld: bool = False

    def __post_init__(self) -> None:
        self._check()
        for array in self.arrays().values():
            array.flags.writeable = False
        if not self.sha256:
            object.__setattr__(self, "sha256", self.fingerprint())
            object.__setattr__(self, "rows_sha256", "")
        if not self.rows_sha256:
            object.__setattr__(self, "rows_sha256", self._hash_rows())

    def __len__(self) -> int:
        return len(self.user)

    @property
    def pair(self) -> Array:
        """A number for the user and item of each row, int64 [N]; equal for rows of one pair."""
        return self.user.astype(np.int64) * self.catalogue.n_items + self.item

    def arrays(self) -> dict[str, Array]:
        """Every array by a unique name: what is hashed, frozen and cached."""
        named = {
            "user": self.user,
            "item": self.item,
            "value": self.value,
            "user_id": self.user_id,
            "item_id": self.item_id,
        }
        optional = {
            "time": self.time,
            "best": self.best,
            "role": self.role,
            "item_title": self.catalogue.item_title,
        }
        named.update({name: array for name, array in optional.items() if array is not None})
        named.update({f"user.{f.name}": f.values for f in self.catalogue.user_fields})
        named.update({f"item.{f.name}": f.values for f in self.catalogue.item_fields})
        return named

    @cached_property
    def content_sha256(self) -> str:
        """Of the content fields: names, kinds, labels and values, in their order; no titles."""
        catalogue = self.catalogue
        digest = hashlib.sha256(repr(self._labels()).encode())
        for values in (f.values for f in (*catalogue.user_fields, *catalogue.item_fields)):
            digest.update(f"{values.dtype.str} {values.shape}".encode())
            digest.update(np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()

    def _check(self) -> None:
        if not len(self.user) == len(self.item) == len(self.value):
            raise DataError(f"{self.name}: user, item and value differ in length")
        if len(self.user) == 0:
            raise DataError(f"{self.name}: no ratings")
        low, high, _ = self.scale
        inside = (self.value >= low) & (self.value <= high)
        outside = np.flatnonzero(~(inside | np.isnan(self.value)) if self.withheld else ~inside)
        if len(outside):
            row = int(outside[0])
            raise DataError(
                f"{self.name}: rating {self.value[row]} in row {row} is outside {low:g}..{high:g}"
            )

    def fingerprint(self) -> str:
        """`sha256`, computed from the arrays as they are."""
        digest = hashlib.sha256(repr((self.scale, *self._labels())).encode())
        for name, array in sorted(self.arrays().items()):
            digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def _hash_rows(self) -> str:
        ids = "\0".join([*self.user_id, "", *self.item_id])
        digest = hashlib.sha256(ids.encode("utf-8", "surrogatepass"))
        for array in (self.user, self.item, self.value):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def _labels(self) -> list[tuple[str, str, int, tuple[str, ...]]]:
        fields = (*self.catalogue.user_fields, *self.catalogue.item_fields)
        return [(f.name, f.kind, f.size, f.labels) for f in fields]
