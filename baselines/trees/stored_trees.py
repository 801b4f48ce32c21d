"""Boosted trees as plain arrays, which can be stored; they predict what scikit-learn's objects do.

    f(x) = base + sum_t value[leaf of x in tree t],   left where x <= threshold

Axes: n rows, F features, N nodes of all trees end to end.
"""

from typing import Any, NamedTuple

import numpy as np

from coldbench import Array, Declined

__all__ = ["Trees"]


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
    def of(cls, model: Any) -> "Trees":
        """Those of a fitted HistGradientBoostingRegressor on numbers, or of itself."""
        if isinstance(model, cls):
            return model
        try:
            nodes = [one.nodes for step in model._predictors for one in step]
        except AttributeError as error:
            raise Declined(f"the trees of this scikit-learn cannot be read: {error}") from None
        sizes = [len(one) for one in nodes]
        root = np.cumsum([0, *sizes[:-1]]).astype(np.int64)
        every = np.concatenate(nodes)
        leaf, start = every["is_leaf"].astype(bool), np.repeat(root, sizes)
        own = np.arange(len(every))
        left, right = (
            np.where(leaf, own, start + every[side].astype(np.int64)) for side in ("left", "right")
        )
        return cls(
            np.where(leaf, 0, every["feature_idx"]).astype(np.int64),
            every["num_threshold"].copy(),
            every["missing_go_to_left"].astype(bool),
            left,
            right,
            every["value"].copy(),
            root,
            float(model._baseline_prediction.ravel()[0]),
            int(every["depth"].max()),
        )

    def predict(self, x: Array) -> Array:
        """float64 [n] from x [n, F]; trees are added in their order, as in training."""
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
