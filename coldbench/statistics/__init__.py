"""Statistics of instability: pure functions on arrays, seeds on the first axis."""

from coldbench.statistics.agreement import kendall, order_agreement, order_repeats
from coldbench.statistics.arrays import differences
from coldbench.statistics.best_set import BestSet, best_set
from coldbench.statistics.bootstrap import bootstrap_t
from coldbench.statistics.components import Component
from coldbench.statistics.crossed import CrossedVariance, crossed_variance
from coldbench.statistics.curves import LearningCurve, learning_curve
from coldbench.statistics.data_sets import OverDataSets, over_data_sets
from coldbench.statistics.design import SOURCES, oa25
from coldbench.statistics.disagreement import Disagreement, seed_disagreement
from coldbench.statistics.effect import EffectSize, effect_size, effect_sizes
from coldbench.statistics.equivalence import (
    Agreement,
    paired_agreement,
    unpaired_agreement,
)
from coldbench.statistics.failures import FailureRate, exact_share, failure_rate
from coldbench.statistics.holm import Holm, holm_adjust
from coldbench.statistics.inflation import Inflation, best_of_inflation
from coldbench.statistics.interval import Interval
from coldbench.statistics.mean import mean_interval
from coldbench.statistics.multiway import (
    MultiwayDifference,
    PairVariances,
    multiway_difference,
    pair_variances,
)
from coldbench.statistics.nested import (
    NestedVariance,
    nested_from_moments,
    nested_variance,
)
from coldbench.statistics.overlap import Overlap, overlap_disagreement, overlap_sums
from coldbench.statistics.paired import PairedDifference, paired_difference, paired_differences
from coldbench.statistics.power import (
    SeedsNeeded,
    detectable,
    paired_power,
    seeds_for,
    seeds_needed,
)
from coldbench.statistics.prediction import prediction_interval, prediction_limits
from coldbench.statistics.published import PublishedComparison, compare_published
from coldbench.statistics.ranks import RankStability, rank_stability
from coldbench.statistics.relative_effect import relative_effect
from coldbench.statistics.relative_spread import (
    SpreadComparison,
    compare_spread,
    compare_spreads,
    spread_ratio,
)
from coldbench.statistics.returning import returning_covariance
from coldbench.statistics.reversal import Reversal, reversal_probability, reversals, runs_needed
from coldbench.statistics.rounding import rounding_limit
from coldbench.statistics.sequential import Settled, planned_looks, settle, spent
from coldbench.statistics.signflip import SignFlip, sign_flip
from coldbench.statistics.simultaneous import Simultaneous, simultaneous
from coldbench.statistics.sources import SourceVariance, pair_variance, source_variance
from coldbench.statistics.spread import Spread, sd_factors, spread
from coldbench.statistics.stochastic import mann_whitney
from coldbench.statistics.superiority import Superiority, noether_seeds, probability_better

__all__ = [
    "SOURCES",
    "Agreement",
    "BestSet",
    "Component",
    "CrossedVariance",
    "Disagreement",
    "EffectSize",
    "FailureRate",
    "Holm",
    "Inflation",
    "Interval",
    "LearningCurve",
    "MultiwayDifference",
    "NestedVariance",
    "OverDataSets",
    "Overlap",
    "PairVariances",
    "PairedDifference",
    "PublishedComparison",
    "RankStability",
    "Reversal",
    "SeedsNeeded",
    "Settled",
    "SignFlip",
    "Simultaneous",
    "SourceVariance",
    "Spread",
    "SpreadComparison",
    "Superiority",
    "best_of_inflation",
    "best_set",
    "bootstrap_t",
    "compare_published",
    "compare_spread",
    "compare_spreads",
    "crossed_variance",
    "detectable",
    "differences",
    "effect_size",
    "effect_sizes",
    "exact_share",
    "failure_rate",
    "holm_adjust",
    "kendall",
    "learning_curve",
    "mann_whitney",
    "mean_interval",
    "multiway_difference",
    "nested_from_moments",
    "nested_variance",
    "noether_seeds",
    "oa25",
    "order_agreement",
    "order_repeats",
    "over_data_sets",
    "overlap_disagreement",
    "overlap_sums",
    "pair_variance",
    "pair_variances",
    "paired_agreement",
    "paired_difference",
    "paired_differences",
    "paired_power",
    "planned_looks",
    "prediction_interval",
    "prediction_limits",
    "probability_better",
    "rank_stability",
    "relative_effect",
    "returning_covariance",
    "reversal_probability",
    "reversals",
    "rounding_limit",
    "runs_needed",
    "sd_factors",
    "seed_disagreement",
    "seeds_for",
    "seeds_needed",
    "settle",
    "sign_flip",
    "simultaneous",
    "source_variance",
    "spent",
    "spread",
    "spread_ratio",
    "unpaired_agreement",
]
