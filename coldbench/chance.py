"""Whether a learner can learn: are its runs clearly better than a random draw from the ratings?

The gain of a run is 1 - MAE / MAE of a random draw: 0 for chance, 1 for no error. A run is clear
from a gain of `CLEAR` on. A learner whose first run is clear is judged by that one; any other has
up to `MOST` runs, each at its own seed, of which `NEEDED` must be clear. Where arithmetic rounds
otherwise, an unsteady learner gets other runs, but about as many clear ones.

How often this errs, by simulation (tests/plugins/test_chance.py): `mamo-released`, whose gains
scatter from -.37 to .20 (mean .06, sd .14, 8 of 18 runs clear), fails once in 1,000 times, after
3.5 runs on average. Noise passes at most once in 200 times: the gains of a random rating for each
item have sd .04, for each user .03, for each query .01. A t limit on the mean gain would need 64
runs of `mamo-released`. What is shown is that a learner learns, not that it does so in every run:
how steady it is, a study measures. One number for everybody passes, as the mean rating must.
"""

from collections.abc import Callable

__all__ = ["CLEAR", "MOST", "NEEDED", "doubt"]

CLEAR = 0.12
NEEDED = 2
MOST = 16


def doubt(gain: Callable[[int], float]) -> str:
    """Why a learner with this gain at each seed is not shown to learn, or "" when it is."""
    gains: list[float] = []
    for seed in range(MOST):
        gains.append(gain(seed))
        clear = sum(one >= CLEAR for one in gains)
        if clear >= NEEDED or (seed == 0 and clear):
            return ""
    return (
        f"{clear} of {MOST} seeds have an MAE at least {CLEAR:.0%} below that of a random draw; "
        f"{NEEDED} are wanted (on average {sum(gains) / MOST:.1%} below, best {max(gains):.1%})"
    )
