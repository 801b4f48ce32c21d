"""The first screen of the league over data sets: the answer, the picture, the first learners."""

from functools import cached_property

from coldbench.league.several.cells import per_cent, span
from coldbench.league.several.chapters.left_out import LeftOutChapter
from coldbench.league.several.chapters.meta import MetaChapter
from coldbench.league.several.chapters.order import OrderChapter
from coldbench.league.several.chapters.overall import OverallChapter, columns_of, row_of
from coldbench.league.several.chapters.skills import picture
from coldbench.league.several.league import LeagueOver
from coldbench.league.several.over import Overall
from coldbench.report.drawing.style import Plot
from coldbench.text import Cell, Table, listed

__all__ = ["LeagueFront"]

TOP = 8  # rows beside the picture
SHOWN = (0, 1, 5, 6, 2, 8)  # columns of the league that the first screen has room for


class LeagueFront:
    """W-W, or the first scenario that there is."""

    tall = True
    marked = False

    def __init__(self, league: LeagueOver) -> None:
        self.league = league
        self.chapter = OverallChapter(league)
        self.scenario = league.scenarios[0]

    @cached_property
    def answer(self) -> tuple[str, ...]:
        """Whether meta-learners earn their cost, who is first, who is shown to beat ridge, how far
        one data set tells another."""
        orders = OrderChapter(self.league).range_of(self.scenario)
        meta = MetaChapter(self.league).in_words()
        left = LeftOutChapter(self.league).in_words(self.scenario)
        every = (meta, self._first(), self._ridge(), orders, left)
        return tuple(text for text in every if text)

    @cached_property
    def top(self) -> Table:
        """The first learners, ridge, and the yardsticks."""
        every = self.league.overall[self.scenario]
        kept = [one for one in every if one.learner in self.league.asked][:TOP]
        needed = {"ridge", *(n for n in self.league.learners if n not in self.league.asked)}
        shown = [one for one in every if one in kept or one.learner in needed]
        rows = [tuple(row_of(self.chapter, one)[place] for place in SHOWN) for one in shown]
        rest = len(every) - len(rows)
        if rest:
            blank = (Cell("", mark="reference"),) * (len(SHOWN) - 1)
            rows.append((Cell(f"and {rest} more", mark="reference"), *blank))
        columns = tuple(columns_of()[place] for place in SHOWN)
        return Table("top", f"{self.scenario}: the first learners", columns, tuple(rows))

    @cached_property
    def plot(self) -> Plot:
        """Learners by data sets: those that were run on every one, if there are such."""
        every = self.league.overall[self.scenario]
        whole = [one for one in every if one.whole]
        return picture(self.chapter, self.scenario, "front", whole or every)

    def _whole(self) -> list[Overall]:
        """Learners that were run on every data set."""
        every = self.league.overall[self.scenario]
        return [one for one in every if one.whole and one.learner in self.league.asked]

    def _first(self) -> str:
        whole = self._whole()
        if not whole:
            return f"No learner was run on every data set in {self.scenario}."
        one, count = whole[0], len(self.league.places(self.scenario))
        name, mean = self.chapter.names[one.learner], per_cent(one.level)
        limits, ahead = span(one.skill.mean), span(one.skill.new)
        sure = f" (95 % {limits}; on a next data set {ahead})" if count > 2 else ""
        over = {1: "on the one data set", 2: "over two data sets, too few to tell of a third"}.get(
            count, f"over {count} data sets"
        )
        return (
            f"{self.scenario}: {name} has the highest skill, {mean} % of the best constant's error "
            f"removed {over}{sure}."
        )

    def _ridge(self) -> str:
        whole = [one for one in self._whole() if one.ridge[2]]
        if not whole:
            return ""
        some = [one for one in whole if one.ridge[0]]
        if not some:
            return "Nobody is shown to beat ridge on any data set."
        said = [f"{self.chapter.names[o.learner]} on {o.ridge[0]} of {o.of}" for o in _most(some)]
        none = len(whole) - len(some)
        return f"Shown to beat ridge: {listed(said)}; on no data set: {none} of {len(whole)}."


def _most(some: list[Overall]) -> list[Overall]:
    return sorted(some, key=lambda one: (-one.ridge[0], -one.level))
