"""The league of a study as an object: a data frame, and a table for people."""

from functools import cached_property

import pandas as pd

from coldbench.notebook.framed import as_text
from coldbench.report.formats.fragment import table_to_fragment
from coldbench.report.study import ReportData
from coldbench.report.topics.intervals import Intervals
from coldbench.report.topics.league import LEGEND
from coldbench.report.topics.league import League as LeagueTopic
from coldbench.report.topics.to_the_best import verdict_of
from coldbench.text import Cell, Column, Table, number

__all__ = ["League"]

SIGNS = {"best": "◆", "contender": "●", "unsettled": "○"}


class League:
    """Who has the lowest error in each scenario, as far as it is shown."""

    def __init__(self, data: ReportData) -> None:
        self._data = data

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row for each scenario and learner, the lowest mean gap to the best first.

        mean, low, high: MAE with its 95 % interval; gap, gap_low, gap_high: above the best on
        common seeds, with limits for all pairs at once; p: of not being among the best; ranks:
        that are left; verdict: in words.
        """
        data = self._data
        lines = []
        for scenario in data.scenarios:
            for one in data.ranked(scenario):
                low, high = one.ranks or (None, None)
                lines.append(
                    {
                        "scenario": scenario,
                        "learner": one.learner,
                        "seeds": len(one.values),
                        "mean": one.mean.value,
                        "low": one.mean.low,
                        "high": one.mean.high,
                        "gap": one.gap,
                        "gap_low": one.limits.low if one.limits else None,
                        "gap_high": one.limits.high if one.limits else None,
                        "p": None if one.adjusted is None else one.p,
                        "rank_low": low,
                        "rank_high": high,
                        "verdict": verdict_of(one, data.manifest.margin),
                    }
                )
        return pd.DataFrame(lines)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The verdicts in words, a scenario each."""
        data = self._data
        said = [*data.of(LeagueTopic).sentences(), *data.of(Intervals).sentences()]
        return tuple(f"{s.subject}: {s.text}" if s.subject else s.text for s in said)

    @cached_property
    def table(self) -> Table:
        """Learners by scenarios: mean and half of its interval, with the mark of the verdict."""
        data = self._data
        columns = (Column("learner", False), *map(Column, data.scenarios))
        rows = tuple(
            (Cell(data.names[name]), *(self._cell(name, scenario) for scenario in data.scenarios))
            for name in data.learners
        )
        title = f"MAE on {data.dataset}, protocol {data.protocol}, {len(data.seeds)} seeds"
        return Table("league", title, columns, rows)

    def _cell(self, learner: str, scenario: str) -> Cell:
        one = self._data.standing(learner, scenario)
        if one is None:
            return Cell("n/a")
        width = one.mean.width
        note = "" if width is None else f"± {number(width / 2)}"
        text = f"{SIGNS.get(one.group, '')} {number(one.mean.value)}".strip()
        return Cell(text, note, "bold" if one.group == "best" else "")

    @property
    def _legend(self) -> str:
        """Nothing where nobody has a mark."""
        marked = any(one.group in SIGNS for one in self._data.standings.values())
        return LEGEND.partition(": see")[0] + "." if marked else ""

    def __repr__(self) -> str:
        parts = (as_text(self.table), self._legend, *self.sentences)
        return "\n".join(part for part in parts if part)

    def _repr_html_(self) -> str:
        return table_to_fragment(
            self.table, [part for part in (self._legend, *self.sentences) if part]
        )
