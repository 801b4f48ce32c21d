"""Which seed vectors a study runs: streams together, or apart so that variance has a source."""

from collections.abc import Sequence
from itertools import product

from coldbench.errors import UsageError, shorten
from coldbench.rng import Seeds
from coldbench.statistics import oa25

__all__ = ["seed_vectors"]


def seed_vectors(design: str, seeds: Sequence[int]) -> list[Seeds]:
    """The seed vectors of a design, in order.

    joint: all four streams at each seed. sources: the 25 runs of the orthogonal array
    OA(25, 5^4) over split, episode, init and order, with the first five seeds as levels.
    cross:A,B[,...]: every combination of the seeds in the named streams; the others stay at the
    first seed. Raises UsageError for anything else.
    """
    name, _, rest = design.partition(":")
    if design == "joint":
        return [Seeds.joint(seed) for seed in seeds]
    if design == "sources":
        if len(seeds) < 5:
            raise UsageError(f"design 'sources' needs 5 seeds as levels, got {len(seeds)}")
        return [Seeds(*(seeds[level] for level in row)) for row in oa25().tolist()]
    streams = rest.split(",")
    if name == "cross" and len(set(streams)) == len(streams) > 1 and set(streams) <= _STREAMS:
        base = Seeds.joint(seeds[0])
        grid = product(seeds, repeat=len(streams))
        return [base._replace(**dict(zip(streams, levels, strict=True))) for levels in grid]
    raise UsageError(
        f"unknown design {shorten(design)}: known are joint, sources, and cross:A,B "
        f"with two or more different streams of {', '.join(Seeds._fields)}"
    )


_STREAMS = set(Seeds._fields)
