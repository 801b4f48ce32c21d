"""Do meta-learners earn their cost? The best of them beside the best of the others."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from coldbench.league.several.cells import per_cent, skill_cell, span, times
from coldbench.league.several.chapters.chapter import Chapter
from coldbench.league.several.meta import MetaGap, meta_gaps
from coldbench.report.drawing.forest import Line, Row, forest
from coldbench.report.drawing.style import Plot
from coldbench.report.topic import Sentence
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Section, Table

__all__ = ["MetaChapter"]

HOW = (
    "On each data set, the meta-learner of the highest skill beside the highest of all other "
    "learners. Gap: its skill minus the other's, with the 95 % interval over common seeds, of this "
    "pair alone. Both "
    "are the first of their kind by these very runs, which flatters the kind with more learners. "
    "Shown: whether the meta-learner is ahead or behind, by the tests of the study's own report, "
    "with their limits of the gap, which hold for all pairs of the scenario at once: where neither "
    "is, they say how far it may go either way. Time: of its run, in runs of the other."
)
TITLE = "Do meta-learners earn their cost?"
SAID = {"better": "ahead", "worse": "behind", "open": "neither", None: NA}
ZERO = Line("", 0.0)
KINDS: dict[str | None, str] = {"better": "best", "worse": "worse"}
DRAWN = "The best meta-learner beside the best other learner: MAE, in % of the best constant's"


class MetaChapter(Chapter):
    """A table for all scenarios; nothing where no data set has learners of both kinds."""

    @cached_property
    def gaps(self) -> list[MetaGap]:
        """By scenario and data set."""
        return meta_gaps(self.league)

    def section(self) -> Section | None:
        if not self.gaps:
            return None
        columns = (
            Column("scenario", False), Column("data set", False), Column("meta-learner", False),
            Column("other learner", False), Column("gap, %"), Column("shown", False),
            Column("time ×"),
        )  # fmt: skip
        rows = tuple(self._row(one) for one in self.gaps)
        table = Table("meta", "The best meta-learner and the best other", columns, rows)
        return Section("meta", "Meta-learners", TITLE, HOW, (), (table,))

    def figures(self) -> list[Plot]:
        """What each comparison leaves open."""
        rows = [
            Row(f"{one.scenario} {one.dataset}", (), _beside(one), KINDS.get(one.decision, ""))
            for one in self.gaps
            if one.decision is not None
        ]
        if not rows:
            return []
        label = "MAE beside the best other, % (left: better)"
        return [forest("meta", "The best meta-learner", f"{DRAWN}.", rows, label, (ZERO,), True)]

    def sentences(self) -> list[Sentence]:
        text = self.in_words()
        return [Sentence(text, "meta", "shown", self.league.scenarios[0])] if text else []

    def in_words(self) -> str:
        """How often the best meta-learner is shown ahead of the best other, and where behind."""
        tested = [one for one in self.gaps if one.decision is not None]
        if not tested:
            return ""
        ahead, behind = _counted(tested, "better"), _counted(tested, "worse")
        return (
            f"The best meta-learner is shown ahead of the best other learner in {ahead} of "
            f"{len(tested)} comparisons, one for each scenario of each data set, and behind in "
            f"{behind}{_neither(tested)}."
        )

    def _row(self, one: MetaGap) -> tuple[Cell, ...]:
        metas, others = one.sizes
        mark = "bold" if one.decision == "better" else ""
        return (
            Cell(one.scenario),
            Cell(one.dataset),
            Cell(self.names[one.meta], f"of {metas}"),
            Cell(self.names[one.other], f"of {others}"),
            skill_cell(one.gap),
            Cell(SAID[one.decision], span(one.limits), mark),
            times(one.times),
        )


def _neither(tested: Sequence[MetaGap]) -> str:
    """How many are open, and what their limits leave open."""
    mine = [one.limits for one in tested if one.decision == "open"]
    if not mine:
        return ""
    widths = [limits.width for limits in mine if limits.width is not None]
    ends = [per_cent(end(widths)) for end in (min, max)] if widths else []
    apart = " to ".join(dict.fromkeys(ends))
    far = f": their 95 % limits lie {apart} % of the constant's error apart"
    return f"; {len(mine)} {'is' if len(mine) == 1 else 'are'} open{far if ends else ''}"


def _beside(one: MetaGap) -> Interval:
    """Of the meta-learner's MAE minus the other's, per cent of the constant's; limits of the
    study's tests."""
    middle, low, high = (
        None if end is None else -100 * end
        for end in (one.gap.value, one.limits.high, one.limits.low)
    )
    return Interval(middle, low, high, one.limits.n)


def _counted(tested: Sequence[MetaGap], decision: str) -> str:
    """`4 (W-W 2 of 3, C-W 2 of 3)`."""
    mine = Counter(one.scenario for one in tested if one.decision == decision)
    every = Counter(one.scenario for one in tested)
    where = ", ".join(f"{name} {count} of {every[name]}" for name, count in mine.items())
    return f"{mine.total()} ({where})" if mine else "none"
