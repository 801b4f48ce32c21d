"""Lists of unequal length in CSR form: the rows of each task, without a loop over tasks."""

from typing import NamedTuple

import numpy as np

from coldbench.data.ratings import Array

__all__ = ["Ragged"]


class Ragged(NamedTuple):
    """T lists end to end: list t is `rows[ptr[t]:ptr[t + 1]]`. rows int64 [n], ptr int64 [T+1]."""

    rows: Array
    ptr: Array

    @classmethod
    def of(cls, rows: Array, lengths: Array) -> "Ragged":
        """From rows already end to end and the length of each list."""
        ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(np.asarray(rows, dtype=np.int64), ptr)

    @classmethod
    def grouped(cls, rows: Array, key: Array) -> tuple["Ragged", Array]:
        """Rows grouped by their key, in order of key, then in their given order; and the keys."""
        order = np.argsort(key, kind="stable")
        keys, lengths = np.unique(key, return_counts=True)
        return cls.of(np.asarray(rows)[order], lengths), keys

    @property
    def lengths(self) -> Array:
        """int64 [T]."""
        return np.diff(self.ptr)

    @property
    def owner(self) -> Array:
        """The list that each row belongs to, int64 [n]."""
        return np.repeat(np.arange(len(self.ptr) - 1), self.lengths)

    @property
    def position(self) -> Array:
        """The place of each row in its own list, int64 [n]."""
        starts: Array = np.repeat(self.ptr[:-1], self.lengths)
        return np.arange(len(self.rows)) - starts

    def shuffled(self, rng: np.random.Generator) -> "Ragged":
        """Each list in random order."""
        owner, draw = self.owner, rng.random(len(self.rows))
        key = owner + draw  # one key sorts much faster than two, but rounding may make it tie
        order = np.argsort(key)
        ordered = key[order]
        if (ordered[1:] == ordered[:-1]).any():
            order = np.lexsort((draw, owner))
        return Ragged(self.rows[order], self.ptr)

    def where(self, keep: Array) -> "Ragged":
        """Only the rows with `keep` (bool [n]); no list disappears, some may become empty."""
        lengths = np.bincount(self.owner[keep], minlength=len(self.ptr) - 1)
        return Ragged.of(self.rows[keep], lengths)

    def joined(self, other: "Ragged") -> "Ragged":
        """The lists of both, end to end."""
        rows = np.concatenate([self.rows, other.rows])
        return Ragged.of(rows, np.concatenate([self.lengths, other.lengths]))

    def select(self, lists: Array) -> "Ragged":
        """The given lists (int [M] or bool [T]), in the given order."""
        lists = np.flatnonzero(lists) if lists.dtype == bool else lists
        lengths = self.lengths[lists]
        inside = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return Ragged.of(self.rows[np.repeat(self.ptr[lists], lengths) + inside], lengths)

    def split(self, count: Array | int) -> tuple["Ragged", "Ragged"]:
        """The first `count` rows of each list, and the others; `count` is one number or int [T]."""
        lengths = self.lengths
        limit = np.clip(count, 0, lengths)
        first = self.position < np.repeat(limit, lengths)
        rest = Ragged.of(self.rows[~first], lengths - limit)
        return Ragged.of(self.rows[first], limit), rest

    def padded(self, values: Array, width: int | None = None) -> tuple[Array, Array]:
        """`values[rows]` as a table [T, width] padded with 0, and its mask, bool [T, width]."""
        width = max(int(self.lengths.max(initial=0)), 1) if width is None else width
        mask = np.arange(width) < self.lengths[:, None]
        table = np.zeros(mask.shape, dtype=values.dtype)
        table[mask] = values[self.rows]
        return table, mask
