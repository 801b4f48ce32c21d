"""Tuning under one budget: the same configurations, rungs, episodes and seeds for every learner.

`blind.py` takes the test tasks away, `objective.py` scores a configuration, `draw.py` spreads the
first ones, `sampler.py` proposes the next one, `halving.py` says which go on to longer runs,
`taking.py` gives learners the options of one they share a network with,
`following.py` measures the next trial, `history.py` keeps the trials, `tuning.py` joins them,
`result.py` and `bounds.py` say what was found, `overlap.py` how much of the studies' tests was
seen, `write.py` writes the result.
"""

from coldbench.tune.history import Trial
from coldbench.tune.result import Tuning
from coldbench.tune.tuning import tune
from coldbench.tune.write import write_tuning

__all__ = ["Trial", "Tuning", "tune", "write_tuning"]
