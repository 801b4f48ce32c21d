"""What the other data sets tell of one: leave-one-data-set-out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coldbench.league.several.skills import Skill
from coldbench.statistics import kendall

__all__ = ["LeftOut", "left_out"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """chosen: the learner with the highest mean skill on the other data sets; its skill and its
    place on the one left out; best: who has the highest there, `lost`: by how much; tau: Kendall's,
    of the order by the others and the order there; learners: how many were run on all data sets."""

    scenario: str
    dataset: str
    learners: int
    chosen: str
    skill: float
    place: int
    best: str
    lost: float
    tau: float | None


def left_out(scenario: str, boards: Mapping[str, Sequence[Skill]]) -> Iterator[LeftOut]:
    """Of each data set, where at least one other is there; boards: skills by data set."""
    levels = {
        name: {one.learner: one.level for one in board if one.values}
        for name, board in boards.items()
    }
    shared = [
        name
        for name in next(iter(levels.values()), {})
        if all(name in one for one in levels.values())
    ]
    if len(levels) < 2 or not shared:
        return
    for dataset, there in levels.items():
        others = [mine for name, mine in levels.items() if name != dataset]
        means = {name: sum(mine[name] for mine in others) / len(others) for name in shared}
        chosen, best = (max(shared, key=lambda name: by[name]) for by in (means, there))
        yield LeftOut(
            scenario,
            dataset,
            len(shared),
            chosen,
            there[chosen],
            1 + sum(there[name] > there[chosen] for name in shared),
            best,
            there[best] - there[chosen],
            kendall([means[n] for n in shared], [there[n] for n in shared]) if shared[1:] else None,
        )
