"""Whether one data set tells the order of the learners on another."""

from collections.abc import Sequence

from coldbench.league.several.chapters.chapter import Chapter
from coldbench.league.several.order import Agreement
from coldbench.report.drawing.matrix import matrix
from coldbench.report.drawing.style import COLOURS, Plot
from coldbench.report.topic import Sentence
from coldbench.text import Cell, Column, Section, Table, interval, number

__all__ = ["OrderChapter"]

HOW = (
    "Kendall's tau of the learners' order on two data sets: 1 where the order is the same, 0 where "
    "one tells nothing of the other; of two learners, (1 + tau) / 2 stand in the same order. On "
    "the diagonal a data set with itself, what halves of its seeds repeat: half of them against "
    "the other half, mean over all halves up to ten seeds. Halves are noisier than the whole "
    "studies beside them. The 95 % intervals, one at a time, are over learners like these and over "
    "seeds."
)
FEW = "Fewer than five learners in common: no interval."


class OrderChapter(Chapter):
    """A matrix and a table for each scenario; nothing for one data set."""

    def section(self) -> Section | None:
        tables = tuple(
            table for s in self.league.scenarios if (table := self._table(s)) is not None
        )
        if not tables:
            return None
        few = any(one.a != one.b and 0 < one.learners < 5 for one in self.league.agreements)
        title = "Order on other data sets"
        return Section("order", "Order", title, HOW, (), tables, (FEW,) if few else ())

    def figures(self) -> list[Plot]:
        return [self._plot(s) for s in self.league.scenarios if len(self.pairs(s)) > 1]

    def sentences(self) -> list[Sentence]:
        said = ((scenario, self.range_of(scenario)) for scenario in self.league.scenarios)
        return [Sentence(text, "order", "open", scenario) for scenario, text in said if text]

    def range_of(self, scenario: str) -> str:
        """How alike the orders are, in a sentence."""
        taus = _values(self.pairs(scenario))
        if not taus:
            return ""
        mean, own = sum(taus) / len(taus), _values(self._repeats(scenario))
        repeats = (
            f"; of halves of a data set's seeds, at least {number(min(own), 2)}" if own else ""
        )
        spread = f" ({number(min(taus), 2)} to {number(max(taus), 2)})" if taus[1:] else ""
        return (
            f"Two data sets agree on the order of two learners {50 * (1 + mean):.0f} % of the time "
            f"(Kendall's tau {number(mean, 2)}{spread}{repeats})."
        )

    def pairs(self, scenario: str) -> list[Agreement]:
        """Those of two data sets."""
        return [one for one in self._of(scenario) if one.a != one.b]

    def _repeats(self, scenario: str) -> list[Agreement]:
        """Those of one data set with itself."""
        return [one for one in self._of(scenario) if one.a == one.b]

    def _of(self, scenario: str) -> list[Agreement]:
        return [one for one in self.league.agreements if one.scenario == scenario]

    def _table(self, scenario: str) -> Table | None:
        columns = (Column("data sets", False), Column("learners"), Column("Kendall's tau"))
        rows = tuple(
            (
                Cell(f"{one.a} and {one.b}"),
                Cell(str(one.learners)),
                Cell("n/a") if one.tau is None else interval(one.tau, 2),
            )
            for one in self.pairs(scenario)
        )
        return Table(f"order-{scenario}", scenario, columns, rows) if rows else None

    def _plot(self, scenario: str) -> Plot:
        places: Sequence[str] = self.league.places(scenario)
        cells = {}
        for one in self._of(scenario):
            if one.tau is None or one.tau.value is None:
                continue
            at = places.index(one.a), places.index(one.b)
            for row, column in {at, at[::-1]}:
                cells[row, column] = (number(one.tau.value, 2), max(one.tau.value, 0.0))
        said = (f"{places[r]} and {places[c]} {t}" for (r, c), (t, _) in cells.items() if r <= c)
        title = f"{scenario}: Kendall's tau"
        alt = f"{title} of the learners' order: {'; '.join(said)}."
        return matrix(f"order-{scenario}", title, alt, places, places, cells, COLOURS[0])


def _values(agreements: Sequence[Agreement]) -> list[float]:
    every = (one.tau.value for one in agreements if one.tau)
    return [value for value in every if value is not None]
