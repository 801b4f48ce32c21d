"""The first screen: the league table, published rows in it, and who may be the best."""

from collections.abc import Iterator, Mapping, Sequence

from coldbench.report.pairs import pair_of
from coldbench.report.standings import Standing
from coldbench.report.study import MAIN, ReportData
from coldbench.report.topic import Sentence, Topic
from coldbench.report.topics.cards import card_of
from coldbench.report.topics.yardsticks import note_of
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Section, Table, display_name, listed, noted, number

__all__ = ["LEGEND", "League", "leading", "lower_still"]

LEGEND = "◆ lowest mean, ● may be the best too, ○ unsettled: see `To the best`"
APART = "The yardsticks, in the last rows, take no part: they have no mark."
HOW = (
    "Mean absolute error over the seeds of each learner, lower is better, with its 95 % interval. "
    "Shaded: the lowest mean of a scenario and all that may be the best too; those without a mark "
    "are shown to be worse. A circle: unsettled, neither shown to be worse nor to be taken for the "
    "best."
)
UNEQUAL = (
    "Runs are missing: a mean marked `6 of 10 seeds` is over fewer seeds than others and cannot be "
    "compared with them as it stands, since some seeds are harder than others. Whatever is said to "
    "be shown, and every mark, goes by the seeds that both of two learners finished."
)
ABLATED = (
    "Mean absolute error over the seeds of each configuration, lower is better, with its 95 % "
    "interval; in the order of the plan, none marked: the effects of each departure are below."
)
NOBODY = (
    "No learner is called the best: runs are missing, and on common seeds each is shown to be "
    "beaten by another or cannot be compared."
)


class League(Topic):
    """Who has the lowest error in each scenario, as far as it is shown."""

    order = 10

    def section(self) -> Section:
        data = self.data
        how = HOW if data.ablation is None else ABLATED
        notes = [UNEQUAL] if any(s.partial for s in data.standings.values()) else []
        notes += [APART] if data.beside else []
        return Section("league", "League", "League table", how, (), (_table(data),), tuple(notes))

    def sentences(self) -> list[Sentence]:
        scenarios = () if self.data.ablation else self.data.scenarios
        leaders = ((scenario, self._leader(scenario)) for scenario in scenarios)
        return [
            Sentence(text, "league", "shown" if shown else "open", scenario)
            for scenario, (text, shown) in ((s, leader) for s, leader in leaders if leader)
        ]

    def _leader(self, scenario: str) -> tuple[str, bool] | None:
        ranked, data = self.data.ranked(scenario), self.data
        said = leading(ranked, data.names, len(data.asked) - len(ranked))
        lower = lower_still(data, scenario)
        if said is None or not lower:
            return said
        called = "yardsticks" if " and " in lower else "a yardstick"
        return f"{said[0][:-1]}; lower still: {lower}, {called}.", said[1]


def _table(data: ReportData) -> Table:
    """Learners, best mean first, then the oracle and the published rows."""
    columns = (
        Column("learner", False),
        *(Column(scenario) for scenario in data.scenarios),
        Column("runs"),
    )
    rows = [row_of(data, learner) for learner in data.learners]
    return Table("main", "MAE by scenario", columns, (*rows, *_oracle(data), *_published(data)))


def row_of(data: ReportData, learner: str) -> tuple[Cell, ...]:
    """Its name, its mean in each scenario, its runs."""
    cells = [_cell(data, learner, scenario) for scenario in data.scenarios]
    mark = "reference" if learner in data.beside else ""
    name = Cell(data.names[learner], note_of(data, learner), mark, to=card_of(data, learner))
    return (name, *cells, _runs(data, learner))


def _cell(data: ReportData, learner: str, scenario: str) -> Cell:
    standing = data.standing(learner, scenario)
    if standing is None:
        return Cell(NA, mark="muted")
    mark = standing.group if standing.group in ("best", "contender", "unsettled") else ""
    cell = Cell(number(standing.mean.value), _half_width(standing.mean), mark)
    return noted(cell, standing.partial)


def lower_still(data: ReportData, scenario: str) -> str:
    """The yardsticks beside the league whose MAE is below that of its best, on common seeds."""
    best = next((one.learner for one in data.ranked(scenario) if one.group == "best"), "")
    found = (pair_of(data.measured, scenario, best, name) for name in data.beside)
    lower = [
        f"{data.names[pair.b]} ({number(data.standings[pair.b, scenario].mean.value)})"
        for pair, _ in found
        if pair is not None and (pair.difference.difference.value or 0.0) > 0.0
    ]
    return listed(lower)


def _half_width(value: Interval) -> str:
    """`± 0.0031` of the 95 % interval."""
    return "one seed" if value.width is None else f"± {number(value.width / 2)}"


def _runs(data: ReportData, learner: str) -> Cell:
    finished, planned = _counts(data, learner)
    text = str(finished) if finished == planned else f"{finished} of {planned}"
    return Cell(text, mark="" if finished == planned else "bad")


def _counts(data: ReportData, learner: str) -> tuple[int, int]:
    """How many runs of a learner finished, and how many were planned."""
    mine = data.runs[data.runs["learner"] == learner]
    finished = mine.loc[mine["status"] == "finished", "job"].nunique()
    holes = int((data.missing["learner"] == learner).sum())
    return finished, mine["job"].nunique() + holes


def _oracle(data: ReportData) -> list[tuple[Cell, ...]]:
    if not data.oracle:
        return []
    cells = []
    for scenario in data.scenarios:
        best = data.oracle.get(scenario)
        text, note = (NA, "") if best is None else (number(best.value), _half_width(best))
        cells.append(Cell(text, note, "reference"))
    name = Cell("oracle", "the best possible predictions", "reference")
    return [(name, *cells, Cell("", mark="reference"))]


def _published(data: ReportData) -> list[tuple[Cell, ...]]:
    rows = []
    for row, _ in data.published:
        if row.metric == MAIN:
            cells = [Cell(number(row.values.get(s)), mark="reference") for s in data.scenarios]
            name = Cell(display_name(row.label), "published, one run", "reference")
            rows.append((name, *cells, Cell("", mark="reference")))
    return rows


def leading(
    ranked: Sequence[Standing], names: Mapping[str, str], absent: int = 0
) -> tuple[str, bool] | None:
    """A sentence about a scenario, and whether it says that something is shown.

    absent: how many learners have no finished run in it. None where nothing was tested.
    """
    best = next((s for s in ranked if s.group == "best"), None)
    if best is None:
        return (NOBODY, False) if len(ranked) > 1 else None
    others = sorted((s for s in ranked if s is not best), key=lambda s: s.gap or 0.0)
    if all(s.group == "" for s in others):
        return None
    lead = _lead(best, others, names)
    if all(s.group == "worse" for s in others):
        how = "; ".join(_in_runs(others, names))
        return f"{lead}; {_all_worse(others, names, absent)}{f' ({how})' if how else ''}.", True
    text = "; ".join([lead, *_others(others, names)])
    return f"{text}.", any(s.group == "worse" for s in others)


def _all_worse(others: Sequence[Standing], names: Mapping[str, str], absent: int) -> str:
    if len(others) == 1:
        return f"{names[others[0].learner]} is shown to be worse"
    finished = " that finished a run" if absent else ""
    every = "both" if len(others) == 2 else f"all {len(others)}"
    return f"{every} others{finished} are shown to be worse"


def _lead(best: Standing, others: Sequence[Standing], names: Mapping[str, str]) -> str:
    name, mean = names[best.learner], number(best.mean.value)
    if not any(s.partial for s in (best, *others)):
        return f"{name} has the lowest MAE ({mean}){_but(best)}"
    mean = f"{mean} over {best.partial or f'all {best.tested} seeds'}"
    lower = [names[s.learner] for s in others if (s.gap or 0.0) < 0.0]
    if lower:
        met = "did better on the seeds that both finished"
        return f"{name} is taken as the best ({mean}), although {listed(lower)} {met}"
    return f"{name} has the lowest MAE on common seeds ({mean}){_but(best)}"


def _but(best: Standing) -> str:
    """Why learners that lose to it in a comparison of two are still not among the worse."""
    why = ", but its runs vary far more than others', so that nobody is called worse than it"
    return why if best.unsteady else ""


def _others(others: Sequence[Standing], names: Mapping[str, str]) -> Iterator[str]:
    def of(group: str) -> list[str]:
        return [names[s.learner] for s in others if s.group == group]

    if contenders := of("contender"):
        yield f"{listed(contenders)} may be the best too"
    if unsettled := [s for s in others if s.group == "unsettled"]:
        yield f"unsettled: {listed([f'{names[s.learner]} ({_why(s)})' for s in unsettled])}"
    if ahead := of("ahead"):
        yield f"shown to be beaten by {listed(ahead)}, with too few runs to be the best"
    if unknown := of(""):
        yield f"with too few common seeds to compare: {listed(unknown)}"
    worse = of("worse")
    if worse:
        rest = "the other" if len(worse) == 1 else f"the other {len(worse)}"
        how = "; ".join(_in_runs(others, names))
        verb = "is" if len(worse) == 1 else "are"
        yield f"{rest} {verb} shown to be worse{f' ({how})' if how else ''}"


def _why(standing: Standing) -> str:
    lost, common = standing.lost
    runs = f"lost {lost} of {common} runs to it"
    return f"its runs vary far more than others'; {runs}" if standing.unsteady else runs


def _in_runs(others: Sequence[Standing], names: Mapping[str, str]) -> Iterator[str]:
    """Those whose runs are shown to be worse though their mean is not."""
    for s in others:
        if s.group == "worse" and s.how == "runs":
            lost, common = s.lost
            yield f"{names[s.learner]} by its runs, {lost} of {common} lost, not by its mean"
