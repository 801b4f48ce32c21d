"""Which learners are timed beside which loop, with their targets."""

from benchmarks.contest import Contest
from benchmarks.loops.mamo import MAMOLoop
from benchmarks.loops.melu import MeLULoop
from benchmarks.loops.plain import PlainLoop
from benchmarks.loops.released import ReleasedLoop

__all__ = ["CONTESTS"]

CERTAIN = {"user_dropout": 0.0, "item_dropout": 0.0}


def melu(first_order: bool, steps: int, times: float) -> Contest:
    order = "first" if first_order else "second"
    return Contest(
        f"melu-{order}-{steps}",
        "melu",
        MeLULoop,
        width=64,
        options={"first_order": first_order, "inner_steps": steps},
        alike=CERTAIN,
        times=times,
        share=0.45,
    )


def mamo(size: int, times: float, share: float | None = None, **options: int) -> Contest:
    return Contest(
        f"mamo-{size}",
        "mamo",
        MAMOLoop,
        width=2 * size,
        options={"size": size, "least_steps": None, **options},  # batches as of a whole data set
        alike={"user_dropout": 0.0, "rare_dropout": 0.0},
        times=times,
        share=share,
    )


CONTESTS = (
    melu(True, 1, 4),
    melu(True, 5, 4),
    melu(False, 1, 4),
    melu(False, 5, 3.5),
    mamo(32, 9),
    mamo(100, 4, 0.55, batch=32),  # of the paper's size, whose weights of 64 tasks leave the cache
    Contest("plain", "plain", PlainLoop, 64, alike=None, padded=False),
    # before the readout of a class; after 16 users in turn roundings are seen, after 40 all is
    Contest(
        "mamo-released",
        "mamo-released",
        ReleasedLoop,
        width=200,
        alike={"readout": "expectation"},
        compared=8,
        padded=False,
    ),
)
