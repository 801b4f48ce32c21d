"""What a few seeds can show, by how much the pack's own learners vary over all of its seeds."""

from collections.abc import Mapping
from statistics import median

from coldbench.report import build
from coldbench.statistics import detectable, differences, spread
from coldbench.study import Entered, Study
from coldbench.text import listed, number

__all__ = ["reach_sentence"]

FEWEST = 3  # common seeds that say anything of a spread


def reach_sentence(study: Study, entry: Entered) -> str:
    """The smallest difference to the sentinel that the entry's seeds show, four times out of five.

    With the median, over the pack's learners, of the sd of their differences to the sentinel at
    all seeds of the pack: three runs of the new learner alone would not tell. Empty for packs of
    too few seeds or learners.
    """
    data, n = build(study), len(entry.seeds)
    others = [name for name in data.asked if name not in (entry.learner, entry.sentinel)]
    parts = []
    for scenario in data.scenarios:
        known = data.values(entry.sentinel, scenario)
        sds = [sd for name in others if (sd := _sd(known, data.values(name, scenario))) is not None]
        if sds and n > 1:
            parts.append(f"{number(detectable(n, median(sds)))} in {scenario}")
    if not parts:
        return ""
    return (
        f"What {n} seeds can show: a difference to {entry.sentinel} of {listed(parts)}, four times "
        "out of five, where it varies as those of the pack's learners do and runs are normal (an "
        f"exact test of {n} seeds cannot reach .05). The pack has {entry.pack_seeds} seeds: "
        "without --lite, smaller ones are shown."
    )


def _sd(a: Mapping[str, float], b: Mapping[str, float]) -> float | None:
    """Of the paired differences."""
    common = [seed for seed in a if seed in b]
    if len(common) < FEWEST:
        return None
    return spread(differences([a[s] for s in common], [b[s] for s in common])).sd.value
