"""Tuning under one budget: the same trials, episodes and seeds for every learner.

`blind.py` takes the test tasks away, `objective.py` scores a configuration, `sampler.py` proposes
the next one, `history.py` keeps the trials, `tuning.py` joins them, `overlap.py` says how much of
the studies' tests was seen, `write.py` writes the result.
"""

from coldbench.tune.history import Trial
from coldbench.tune.tuning import Tuning, tune
from coldbench.tune.write import write_tuning

__all__ = ["Trial", "Tuning", "tune", "write_tuning"]
