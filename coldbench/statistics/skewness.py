"""Are the runs of a family of learners strongly skewed?"""

import numpy as np
from scipy import stats

from coldbench.statistics.arrays import FloatArray

__all__ = ["STRONG", "skewness"]

STRONG = 0.5  # where exchanging signs begins to err: ten runs of a skewness of about .8
FEWEST = 4  # learners that can tell what a seed does to all from what a learner does


def skewness(runs: FloatArray) -> float:
    """Mean skewness of the learners' runs [K, R], NaN where one is missing; 0 if untold.

    A run counts less the median learner of its seed. Adjusted Fisher-Pearson coefficient, which
    few runs bound: of ten lognormal ones (skewness 6.2) it finds 1.4. A single learner's skewness
    hides where no run of its tail has been seen; the mean over learners shows it. Learners whose
    runs are all alike have none. Source: Joanes & Gill 1998, G1.
    """
    runs = runs[np.isfinite(runs).sum(axis=1) > 2]
    if len(runs) < FEWEST:
        return 0.0
    left = runs[:, np.isfinite(runs).any(axis=0)]
    left = left - np.nanmean(left, axis=1, keepdims=True)
    left = left - np.nanmedian(left, axis=0)
    spread = np.nanstd(left, axis=1)
    varied = spread > 1e-9 * np.abs(np.nan_to_num(runs)).max()
    found = stats.skew(left[varied], axis=1, bias=False, nan_policy="omit")
    return float(np.sum(found) / len(runs))
