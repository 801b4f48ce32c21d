"""An epoch's trees, added to those of the epochs before: LightGBM, boosted on absolute error.

Each tree is grown on the signs of y - F(x), F the trees so far, and its leaves then get the median
of y - F in them, times `rate` (so the L2 penalty acts on where a tree splits, not on its values).
An epoch has other rows than the one before. LightGBM's `init_model` asks earlier trees about the
values of these rows; bins, which are made anew, mean something within one epoch only.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from coldbench import Array, Declined

__all__ = ["add_trees", "load_lightgbm", "predict_trees"]


def add_trees(
    model: Any, x: Array, y: Array, trees: int, options: Mapping[str, Any], seed: int
) -> Any:
    """A lightgbm.Booster of the trees of `model` (None for none) and so many more, fitted to what
    is left of y [n] on x [n, F]; `seed`: of the sample of rows that bins are made from."""
    lightgbm = load_lightgbm()
    fixed = {
        "objective": "l1",
        "deterministic": True,
        "force_col_wise": True,  # a sum by one thread: the same bits for any number of them
        "num_threads": torch.get_num_threads(),
        "seed": seed,
        "verbosity": -1,
    }
    table = lightgbm.Dataset(x, y)
    return lightgbm.train({**options, **fixed}, table, trees, init_model=model)


def predict_trees(model: Any, x: Array) -> Array:
    """float32 [n] from x [n, F], of a Booster or of stored trees."""
    predicted: Array = model.predict(x, num_threads=torch.get_num_threads())
    return predicted.astype(np.float32)


def load_lightgbm() -> Any:
    """The library; raises Declined when it cannot be had."""
    try:
        import lightgbm
    except ImportError:
        raise Declined("trees need LightGBM: pip install 'coldbench[gbdt]'") from None
    except OSError as error:  # a system without OpenMP's library
        raise Declined(f"trees need LightGBM, which does not load: {error}") from None
    return lightgbm
