"""Which seed vectors a study runs: streams together, or apart so that variance has a source."""

from collections.abc import Sequence
from itertools import product

from coldbench.errors import UsageError, shorten
from coldbench.rng import Seeds
from coldbench.statistics import oa25

__all__ = ["array_vectors", "seed_vectors"]


def seed_vectors(design: str, seeds: Sequence[int]) -> list[Seeds]:
    """The seed vectors of a design, in order.

    joint: split, episode, init and order at each seed. sources: the 25 runs of the orthogonal
    array OA(25, 5^5) over these and rounding, with the first five seeds as levels. sources-4: those
    of OA(25, 5^4), without rounding, as studies of earlier versions ran.
    cross:A,B[,...]: every combination of the seeds in the named streams; the others stay at the
    first seed, rounding at no noise. Raises UsageError for anything else.
    """
    name, _, rest = design.partition(":")
    if design == "joint":
        return [Seeds.joint(seed) for seed in seeds]
    if design in FACTORS:
        if len(seeds) < 5:
            raise UsageError(f"design {design!r} needs 5 seeds as levels, got {len(seeds)}")
        return array_vectors(seeds, FACTORS[design])
    streams = rest.split(",")
    if name == "cross" and len(set(streams)) == len(streams) > 1 and set(streams) <= _STREAMS:
        base = Seeds.joint(seeds[0])
        grid = product(seeds, repeat=len(streams))
        return [base._replace(**dict(zip(streams, levels, strict=True))) for levels in grid]
    raise UsageError(
        f"unknown design {shorten(design)}: known are joint, {', '.join(FACTORS)}, and cross:A,B "
        f"with two or more different streams of {', '.join(Seeds._fields)}"
    )


def array_vectors(seeds: Sequence[int], factors: int) -> list[Seeds]:
    """The 25 runs of `oa25`; level k of a stream is the k-th seed, but that of rounding is k, so
    that a fifth of the runs has no noise."""
    rows = oa25(factors).tolist()
    return [Seeds(*(seeds[level] for level in row[:4]), *row[4:]) for row in rows]


FACTORS = {"sources": 5, "sources-4": 4}
_STREAMS = set(Seeds._fields)
