"""The sentence about the best of a scenario, never stronger than the comparisons behind it."""

from collections.abc import Iterator, Mapping, Sequence

from coldbench.report.standings import Standing
from coldbench.text import listed, number

__all__ = ["leading"]

NOBODY = (
    "No learner is called the best: runs are missing, and on common seeds each is shown to be "
    "beaten by another or cannot be compared."
)


def leading(
    here: Sequence[Standing], names: Mapping[str, str], absent: int = 0
) -> tuple[str, bool] | None:
    """A sentence about a scenario, and whether it says that something is shown.

    absent: how many learners have no finished run here. None where nothing was tested.
    """
    best = next((s for s in here if s.group == "best"), None)
    if best is None:
        return (NOBODY, False) if len(here) > 1 else None
    others = [s for s in here if s is not best]
    if all(s.group == "" for s in others):
        return None
    lead = _lead(best, others, names)
    if all(s.group == "behind" for s in others):
        finished = " that finished a run" if absent else ""
        return f"{lead} and is shown to beat all others{finished}.", True
    told = "; ".join([lead, *_others(others, names)])
    return f"{told}.", any(s.group == "behind" for s in others)


def _lead(best: Standing, others: Sequence[Standing], names: Mapping[str, str]) -> str:
    name, mean = names[best.learner], number(best.mean.value)
    if not any(s.partial for s in (best, *others)):
        return f"{name} has the lowest MAE ({mean})"
    mean = f"{mean} over {best.partial or f'all {best.tested} seeds'}"
    lower = [names[s.learner] for s in others if (s.gap or 0.0) < 0.0]
    if lower:
        met = "did better on the seeds that both finished"
        return f"{name} is taken as the best ({mean}), although {listed(lower)} {met}"
    return f"{name} has the lowest MAE on common seeds ({mean})"


def _others(others: Sequence[Standing], names: Mapping[str, str]) -> Iterator[str]:
    def of(group: str) -> list[str]:
        return [names[s.learner] for s in others if s.group == group]

    behind = len(of("behind"))
    if tied := of("tied"):
        yield f"not shown to beat {listed(tied)}"
    if ahead := of("ahead"):
        yield f"shown to be beaten by {listed(ahead)}, with too few runs to be the best"
    if unknown := of(""):
        yield f"with too few common seeds to compare: {listed(unknown)}"
    if behind:
        yield f"shown to beat the other {behind}"
