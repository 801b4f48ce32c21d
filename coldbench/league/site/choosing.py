"""Which study stands for a data set, and which of these stand in one league."""

from collections import Counter
from collections.abc import Sequence

from coldbench.league.several.gathering import CONSTANT
from coldbench.league.site.sources import Setting, Source

__all__ = ["in_league", "mains"]


def mains(sources: Sequence[Source]) -> dict[str, Source]:
    """By data set: in the setting of the league where it has a study, one of a folder of studies
    first, then that with the most runs, the later by name of equals; an ablation, or a part of the
    users, only where nothing else is."""
    setting = _setting(sources)
    chosen: dict[str, Source] = {}
    for one in sources:
        other = chosen.get(one.dataset)
        if other is None or _weight(one, setting) >= _weight(other, setting):
            chosen[one.dataset] = one
    return dict(sorted(chosen.items()))


def in_league(chosen: Sequence[Source]) -> list[Source]:
    """Those of one protocol version, all tuned or none, with a best constant to measure skill by;
    no ablations."""
    setting = _setting(chosen)
    return [
        one
        for one in chosen
        if one.setting == setting and not _ablates(one) and CONSTANT in one.study.manifest.learners
    ]


def _setting(sources: Sequence[Source]) -> Setting:
    """That of a folder of studies; of several the one of most data sets, then of most runs."""
    grouped = [one for one in sources if one.group] or sources
    counts = Counter(setting for _, setting in {(one.dataset, one.setting) for one in grouped})
    return max(grouped, key=lambda one: (counts[one.setting], _weight(one, one.setting))).setting


def _weight(one: Source, setting: Setting) -> tuple[bool, bool, bool, bool, int]:
    plan = one.study.manifest
    whole = plan.part is None
    return one.setting == setting, not _ablates(one), whole, bool(one.group), len(plan.jobs)


def _ablates(one: Source) -> bool:
    return bool(one.study.manifest.departures)
