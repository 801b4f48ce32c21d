"""What one run cannot decide: a learner whose runs scatter is judged by runs at several seeds.

A claim that a run of a learner bears out or not (its MAE is clearly better than chance, say) is
taken as shown by the run of the first seed; where that fails, by `NEEDED` runs of `MOST`. Where
arithmetic rounds otherwise an unsteady learner gets other runs, but about as many that bear a
claim out; steady ones are run once.

How often that errs when the claim is a gain of 12 % over a random draw from the ratings, by
simulation (tests/plugins/test_unsteady.py): `mamo-released`, whose gains scatter from -37 to 20 %
(mean 6 %, sd 14 %, 8 of 18 runs clear), fails once in 1,000 times, after 3.5 runs on average. Noise
passes at most once in 200 times: the gains of a random rating for each item have sd 4 %, for each
user 3 %, for each query 1 %. A t limit on the mean gain would need 64 runs of `mamo-released`.
What is shown is that a learner can, not that it does so in every run: that, a study measures.
"""

from collections.abc import Callable

__all__ = ["MOST", "NEEDED", "holds"]

NEEDED = 2
MOST = 16


def holds(claim: Callable[[int], bool]) -> bool:
    """Whether the run of seed 0 bears out the claim, or `NEEDED` of those of the first `MOST`."""
    if claim(0):
        return True
    found = 0
    for seed in range(1, MOST):
        found += claim(seed)
        if found == NEEDED:
            return True
    return False
