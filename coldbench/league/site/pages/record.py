"""A learner's record: its place on every data set, in words, in a picture and in a table."""

from collections import Counter
from collections.abc import Iterator, Sequence

from coldbench.league.site.cells import beside_cell, learner_cell, mae_cell, skill_cell
from coldbench.league.site.pages.league import Grid
from coldbench.league.site.places import REFERENCES, Place
from coldbench.report.drawing.forest import Line, Row, forest
from coldbench.report.drawing.style import Plot
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Table, interval, listed, number, range_of

__all__ = ["costs_of", "picture_of", "places_table", "verdicts"]

NONE = Interval(None, None, None, 0)
MOST = 8  # data sets that a sentence names
SAID = {"ridge": "`ridge`", "global-median": "the best constant"}


def verdicts(grid: Grid, learner: str) -> list[tuple[str, str]]:
    """(what, sentence): where it wins, where it fails, never stronger than the numbers."""
    places = grid.of(learner)
    many = len({place.dataset for place in places}) > 1
    return [
        (what, text)
        for what, text in (
            ("Wins", _wins(places, many)),
            *((f"Beside {SAID[name]}", _beside(places, name, many)) for name in REFERENCES),
            ("Furthest behind", _furthest(grid, places, many)),
            ("Runs", _runs(places)),
        )
        if text
    ]


def _wins(places: Sequence[Place], many: bool) -> str:
    best = _where([p for p in places if p.group == "best"], places, many)
    may = _where([p for p in places if p.group == "contender"], places, many)
    if not best and not may:
        return f"It is nowhere among those that may be the best, in {_cells(places)}."
    first = f"Lowest mean: {best}." if best else "Nowhere the lowest mean."
    return f"{first} May be the best too: {may}." if may else first


def _beside(places: Sequence[Place], reference: str, many: bool) -> str:
    known = [p for p in places if reference in p.beside]
    if not known:
        return ""
    better, worse, open_ = (
        _where([p for p in known if p.beside[reference].outcome == outcome], known, many)
        for outcome in ("better", "worse", "open")
    )
    said = [f"shown to be better: {better or 'nowhere'}"]
    said += [f"shown to be worse: {worse}"] if worse else []
    said += [f"neither: {open_}"] if open_ else []
    return f"Of {len(known)} cells, {'; '.join(said)}."


def _furthest(grid: Grid, places: Sequence[Place], many: bool) -> str:
    """Where its MAE is the highest above the lowest mean, as a share of that."""
    behind = [p for p in places if p.gap and p.gap.value and p.mean.value and p.gap.value > 0]
    if not behind:
        return ""
    worst = max(behind, key=_relative)
    gap = worst.gap or NONE
    best = grid.learners.get(worst.best, worst.best)
    return (
        f"{number(gap.value)} {range_of(gap)} above {best} in {_at(worst, many)} (limits for all "
        "pairs at once)."
    )


def _relative(place: Place) -> float:
    """How far behind the best, as a share of its own error."""
    gap = place.gap.value if place.gap else None
    return (gap or 0.0) / (place.mean.value or 1.0)


def _runs(places: Sequence[Place]) -> str:
    found = {place.dataset: (place.lost, place.constant) for place in places}
    told = [
        *(f"{lost} failed or diverged on {name}" for name, (lost, _) in found.items() if lost),
        *(f"{flat} predict a constant on {name}" for name, (_, flat) in found.items() if flat),
    ]
    return f"{listed(told, MOST)}." if told else ""


def _where(some: Sequence[Place], every: Sequence[Place], many: bool) -> str:
    """Scenarios by data set, `all` for all of those that there are."""
    scenarios: dict[str, list[str]] = {}
    for place in some:
        scenarios.setdefault(place.dataset, []).append(place.scenario)
    if not many:
        return "".join(listed(names) for names in scenarios.values())
    whole = Counter(place.dataset for place in every)
    told = [
        f"{name} ({'all' if len(found) == whole[name] else ', '.join(found)})"
        for name, found in scenarios.items()
    ]
    return listed(told, MOST)


def _at(place: Place, many: bool) -> str:
    return f"{place.scenario} of {place.dataset}" if many else place.scenario


def _cells(places: Sequence[Place]) -> str:
    return f"{len(places)} cell{'' if len(places) == 1 else 's'}"


def picture_of(grid: Grid, learner: str) -> Plot | None:
    """Beside ridge, in per cent of its MAE, so that data sets of other scales share an axis."""
    known = {name: list(_rows(grid, learner, name)) for name in REFERENCES}
    name, rows = next(((name, rows) for name, rows in known.items() if rows), ("", []))
    if not rows:
        return None
    label = f"MAE beside {name}, in % of it (left: better)"
    shown = grid.learners[learner]
    alt = f"MAE of {shown} minus that of {name}, in per cent of the latter, with 95 % interval."
    return forest("record", "", alt, rows, label, (Line("", 0.0),), zero=True)


def _rows(grid: Grid, learner: str, reference: str) -> Iterator[Row]:
    levels = {(p.dataset, p.scenario): p.mean.value for p in grid.of(reference)}
    for place in grid.of(learner):
        level, beside = levels.get((place.dataset, place.scenario)), place.beside.get(reference)
        if beside and level:
            kind = {"better": "best", "worse": "worse"}.get(beside.outcome, "")
            mean = _scaled(beside.difference, 100 / level)
            yield Row(f"{place.dataset} {place.scenario}", (), mean, kind)


def _scaled(value: Interval, factor: float) -> Interval:
    middle, low, high = (
        None if end is None else end * factor for end in (value.value, value.low, value.high)
    )
    return Interval(middle, low, high, value.n)


def places_table(grid: Grid, learner: str) -> Table:
    """A row for each data set and scenario."""
    columns = (
        Column("data set", False),
        Column("scenario", False),
        Column("MAE"),
        Column("skill, %"),
        Column("above the best"),
        Column("the best", False),
        Column("ranks left"),
        *(Column(f"beside {SAID[name].replace('`', '')}") for name in REFERENCES),
        Column("seeds"),
    )
    rows = tuple(_row(grid, place) for place in grid.of(learner))
    return Table("places", "On every data set", columns, rows, interactive=True)


def _row(grid: Grid, one: Place) -> tuple[Cell, ...]:
    skill = skill_cell(one)
    best = learner_cell(one.best, grid.learners[one.best], "../") if one.best else Cell(NA)
    study = grid.mains[one.dataset]
    return (
        Cell(study.dataset_shown, beside=f"../{study.page}"),
        Cell(one.scenario),
        mae_cell(one),
        Cell(skill.text, sort=skill.sort),
        _gap(one),
        best,
        _ranks(one),
        *(beside_cell(one.beside.get(name)) for name in REFERENCES),
        Cell(str(len(one.values))),
    )


def _gap(one: Place) -> Cell:
    if one.group == "best":
        return Cell("lowest", mark="muted", sort=0.0)
    return interval(one.gap) if one.gap else Cell(NA)


def _ranks(one: Place) -> Cell:
    low, high = one.ranks or (None, None)
    return Cell(NA) if low is None else Cell(f"{low} to {high}", sort=low)


def costs_of(grid: Grid, learner: str) -> Table | None:
    """A row for each data set on which it finished a run."""
    rows = []
    for study in grid.mains.values():
        cost, ridge = study.costs.get(learner), study.costs.get(REFERENCES[0])
        if cost is None:
            continue
        times = cost.seconds / ridge.seconds if ridge and ridge.seconds else None
        rows.append(
            (
                Cell(study.dataset_shown, beside=f"../{study.page}"),
                Cell(number(cost.seconds, 2), sort=cost.seconds),
                Cell(NA if times is None else f"× {number(times, 1)}", sort=times),
                Cell(number(cost.megabytes, 0)),
                Cell(f"{cost.parameters:,.0f}"),
                Cell(f"{cost.epochs:,.0f}"),
                Cell(study.tuned.get(learner, NA)),
            )
        )
    if not rows:
        return None
    titles = ("seconds a run", "beside ridge", "peak memory, MB", "parameters", "epochs")
    columns = (Column("data set", False), *map(Column, titles), Column("tuned", False))
    return Table("costs", "Cost of a run", columns, tuple(rows))
