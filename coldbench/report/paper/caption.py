"""What stands below a paper's table: every mark, the seeds, the protocol, the test."""

from collections.abc import Collection, Iterator, Sequence

from coldbench.report.paper.side import Side
from coldbench.report.paper.signs import ABSENT, SIGNS
from coldbench.text import Cell, display_name, listed

__all__ = ["caption"]

STATES = "Columns are users-items: W warm (seen in training), C cold (new)."


def caption(sides: Sequence[Side], titles: Sequence[str], cells: Collection[Cell]) -> str:
    """Explains the signs that occur in the cells, and no others."""
    parts = [_means(sides, titles, cells), _protocol(sides[0]), STATES]
    return " ".join([*parts, *_marks(sides, cells)])


def _means(sides: Sequence[Side], titles: Sequence[str], cells: Collection[Cell]) -> str:
    better = "Lower" if sides[0].sign > 0 else "Higher"
    counts = list(dict.fromkeys(side.seeds for side in sides))
    if len(counts) == 1:
        seeds = f"{counts[0]} seeds" if counts[0] != 1 else "one seed, so without an interval"
    else:
        told = (f"{title} {side.seeds}" for title, side in zip(titles, sides, strict=True))
        seeds = f"seeds ({', '.join(told)})"
    half = " ± half of its 95 % interval" if any(cell.note for cell in cells) else ""
    return f"Mean{half} over {seeds}; {better.lower()} is better."


def _protocol(side: Side) -> str:
    name, version = side.version
    return f"Protocol `{display_name(name)}`, version {version}."


def _marks(sides: Sequence[Side], cells: Collection[Cell]) -> Iterator[str]:
    text = "".join(cell.text for cell in cells)
    better = "lowest" if sides[0].sign > 0 else "highest"
    if tested := any(cell.mark == "bold" for cell in cells):
        yield f"Bold: {better} mean of the column."
    if SIGNS["contender"] in text:
        yield f"{SIGNS['contender']} may be the best, too: not shown to be worse than any other."
    if SIGNS["unsettled"] in text:
        yield f"{SIGNS['unsettled']} unsettled: neither shown to be worse nor one of the best."
    if tested:
        yield f"Without a sign: shown to be worse{_in_runs(sides)}. {_test(sides)}"
    elif sides[0].data.departures:
        yield "An ablation: no learner is called the best."
    else:
        yield "Nothing is tested."
    if partial := _partial(sides):
        yield f"{SIGNS['partial']} over fewer seeds, as runs are missing ({partial})."
    if ABSENT in text:
        yield f"{ABSENT} no run."


def _test(sides: Sequence[Side]) -> str:
    """The family, its level, and what is assumed."""
    tests = [family.tests for side in sides for family in side.families.values()]
    few = any(not test.flips and not test.skewed for test in tests)
    how = "normal runs assumed: few seeds" if few else "by exchanging the signs of seeds"
    if not few and any(test.skewed for test in tests):
        how += "; where runs are strongly skewed, with the error of the most variable learner"
    return f"Tested among the learners of the table, all pairs of a column at once (5 %; {how})."


def _in_runs(sides: Sequence[Side]) -> str:
    """Those whose single runs are worse, though their mean is too unsteady to compare."""
    names = dict.fromkeys(
        f"{display_name(one.learner)} in {one.scenario}"
        for side in sides
        for one in side.standings.values()
        if one.how == "runs"
    )
    told = listed(list(names))
    return f" ({told} by single runs: Mann and Whitney's test, corrected)" if told else ""


def _partial(sides: Sequence[Side]) -> str:
    told = dict.fromkeys(
        f"{display_name(one.learner)} {one.partial}"
        for side in sides
        for one in side.standings.values()
        if one.partial
    )
    return listed(list(told), 6)
