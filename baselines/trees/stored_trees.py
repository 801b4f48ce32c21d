"""Boosted trees as plain arrays, which can be stored; they predict what LightGBM does, bit for bit.

    f(x) = base + sum_t value[leaf of x in tree t],   left where x <= threshold

LightGBM's text has a line for each column of a tree's inner nodes or leaves; a child -1 - k is
leaf k, and here leaves stand after the inner nodes. Axes: n rows, F features, N nodes of all
trees end to end.
"""

from typing import Any, NamedTuple

import numpy as np

from coldbench import Array

__all__ = ["Trees"]

DEFAULT_LEFT, MISSING, MISSING_IS_NAN = 2, 12, 8  # bits of `decision_type`; 12 masks its kind


class Trees(NamedTuple):
    """feature, left, right int64 [N], the latter two places among all nodes (a leaf leads to
    itself); threshold, value float64 [N]; missing bool [N]: whether NaN goes left; root int64 [T];
    depth: of the deepest tree."""

    feature: Array
    threshold: Array
    missing: Array
    left: Array
    right: Array
    value: Array
    root: Array
    base: float
    depth: int

    @classmethod
    def of(cls, booster: Any) -> "Trees":
        """Those of a lightgbm.Booster of numbers, one output a row, or of itself."""
        if isinstance(booster, cls):
            return booster
        trees = [_tree(text) for text in booster.model_to_string().split("\nTree=")[1:]]
        sizes = [len(one["value"]) for one in trees]
        root = np.cumsum([0, *sizes[:-1]]).astype(np.int64)
        whole = {name: np.concatenate([one[name] for one in trees]) for name in trees[0]}
        start = np.repeat(root, sizes)
        whole |= {side: whole[side] + start for side in ("left", "right")}
        return cls(**whole, root=root, base=0.0, depth=_depth(whole["left"], whole["right"], root))

    def predict(self, x: Array, num_threads: int = 1) -> Array:
        """float64 [n] from x [n, F]; trees are added in their order, as LightGBM does. One thread,
        whatever `num_threads`, which a Booster takes too."""
        total: Array = np.full(len(x), self.base)
        flat, start = x.astype(np.float64).ravel(), np.arange(len(x)) * x.shape[1]
        for root in self.root:
            node = np.full(len(x), root)
            for _ in range(self.depth):
                cell = flat[start + self.feature[node]]
                goes_left = (cell <= self.threshold[node]) | (np.isnan(cell) & self.missing[node])
                node = np.where(goes_left, self.left[node], self.right[node])
            total += self.value[node]
        return total


def _tree(text: str) -> dict[str, Array]:
    """The columns of one tree, places counted from its own root."""
    lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)

    def column(name: str, kind: type) -> Array:
        return np.array(lines[name].split(), dtype=kind)

    threshold, decision = column("threshold", float), column("decision_type", int)
    children = [column(f"{side}_child", np.int64) for side in ("left", "right")]
    inner, leaf_value = len(threshold), column("leaf_value", float)
    leaf = np.arange(inner, inner + len(leaf_value))
    as_zero = threshold >= 0  # where training had no NaN, LightGBM takes it for 0
    missing = np.where(decision & MISSING == MISSING_IS_NAN, decision & DEFAULT_LEFT, as_zero)
    left, right = (np.where(child < 0, inner - 1 - child, child) for child in children)
    none = np.zeros(len(leaf), np.int64)
    return {
        "feature": np.concatenate([column("split_feature", np.int64), none]),
        "threshold": np.concatenate([threshold, none]),
        "missing": np.concatenate([missing, none]).astype(bool),
        "left": np.concatenate([left, leaf]),
        "right": np.concatenate([right, leaf]),
        "value": np.concatenate([np.zeros(inner), leaf_value]),
    }


def _depth(left: Array, right: Array, root: Array) -> int:
    """How many steps lead from the roots to the last leaf."""
    depth, front = 0, root
    while len(front := front[left[front] != front]):
        depth, front = depth + 1, np.concatenate([left[front], right[front]])
    return depth
