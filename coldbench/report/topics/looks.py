"""Seeds added until every comparison was decided: what each look found."""

from collections import Counter
from functools import cached_property

from coldbench.report.settling import Comparison, settling
from coldbench.report.topic import Sentence, Topic, with_limits
from coldbench.statistics import spent
from coldbench.text import Cell, Column, Section, Table, interval, listed

__all__ = ["Looks"]

HOW = (
    "This study added seeds in looks that were planned before its first run, and stopped when each "
    "comparison was decided or its seeds ended. Looking several times costs certainty, so that "
    "each look tests at a level of its own; limits hold for all pairs of a scenario and all looks "
    "at once (95 %). `different`: the limits exclude 0. `equal`: they lie within the margin."
)
WORDS = {"different": "different", "equal": "equal within the margin", "open": "open"}


class Looks(Topic):
    """Nothing for a study whose number of seeds was fixed."""

    order = 18

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """What was decided about each."""
        return settling(self.data)

    def section(self) -> Section | None:
        if not self.comparisons:
            return None
        looks = self.data.manifest.looks
        plan = "; ".join(
            f"{look} seeds at level {share:.4f}"
            for look, share in zip(looks, spent(looks), strict=True)
        )
        notes = (f"Planned: {plan}. Margin: {self.data.manifest.margin:g}.",)
        return Section("looks", "Looks", "Until settled", HOW, (), (self._table(),), notes)

    def files(self) -> dict[str, list[dict[str, object]]]:
        return {
            "looks.csv": [
                {
                    "scenario": one.scenario,
                    "learner_a": one.a,
                    "learner_b": one.b,
                    "state": one.settled.state,
                    "look": one.settled.look,
                    "n_seeds": one.settled.limits.n,
                    **with_limits("difference", one.settled.limits),
                }
                for one in self.comparisons
            ]
        }

    def sentences(self) -> list[Sentence]:
        if not self.comparisons:
            return []
        counts = Counter(one.settled.state for one in self.comparisons)
        margin, looks = self.data.manifest.margin, self.data.manifest.looks
        reached = max((look for look in looks if look <= len(self.data.seeds)), default=0)
        text = (
            f"Seeds were added in looks planned beforehand ({listed([str(n) for n in looks])}): "
            f"after {reached}, of {len(self.comparisons)} comparisons {counts['different']} are "
            f"shown to differ, {counts['equal']} to be equal within {margin:g}, and "
            f"{counts['open']} are open."
        )
        return [Sentence(text, "looks", "open" if counts["open"] else "shown")]

    def _table(self) -> Table:
        columns = (
            Column("scenario", False),
            Column("A", False),
            Column("B", False),
            Column("verdict", False),
            Column("seeds"),
            Column("A − B"),
        )
        names = self.data.names
        rows = tuple(
            (
                Cell(one.scenario),
                Cell(names[one.a]),
                Cell(names[one.b]),
                Cell(WORDS[one.settled.state]),
                Cell(str(one.settled.limits.n)),
                interval(one.settled.limits),
            )
            for one in self.comparisons
        )
        return Table(
            "looks", "Each comparison at the look that decided it", columns, rows, big=True
        )
