"""Ablation: what each departure from a base changes, in tables, figures and words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from coldbench.report.drawing.grouped import Mark, grouped
from coldbench.report.drawing.style import Plot, short
from coldbench.report.effects import Ablation, Effect, Interaction
from coldbench.report.study import ReportData
from coldbench.report.topic import Sentence, Topic, with_limits
from coldbench.statistics import Interval
from coldbench.text import (
    NA,
    Cell,
    Column,
    Section,
    Table,
    display_name,
    interval,
    number,
    p_value,
    range_of,
)

__all__ = ["AblationTopic"]

HOW = (
    "Each departure changes one thing in its base and nothing else, on the same seeds. Effect on "
    "the mean: MAE of the departure minus that of its base, below 0 is better, with its 95 % "
    "interval. Effect on the spread: standard deviation over seeds of the departure divided by "
    "that of its base; below 1 is more stable. Filled marks and bold numbers: shown, the pairs of "
    "a scenario together. What is not shown may still be there: read the intervals."
)
NOTES = (
    "Means and spreads are over finished runs; the columns beside them count the runs that failed "
    "or diverged, and those that predicted a constant. A departure that fails often is worse than "
    "its mean says.",
    "The mean: all pairs of a scenario tested at once, by exchanging the signs of seeds or, below "
    "six seeds, with the error of the most variable for all. The "
    "spread: interval of Pitman and Morgan, which uses the pairing and assumes normal runs; shown "
    "where their test and that of Brown and Forsythe agree, Holm over all departures x scenarios.",
)
SINGLE = "n/a: one seed has no interval, and no spread to compare."


@dataclass(frozen=True, slots=True)
class Kind:
    """What is drawn of an effect: its interval, whether it is shown, the value of no effect."""

    key: str
    label: str
    value: Callable[[Effect], Interval]
    shown: Callable[[Effect], bool]
    nothing: float
    places: int


KINDS = (
    Kind(
        "mae",
        "MAE minus that of the base (right: worse)",
        attrgetter("difference.difference"),
        attrgetter("shown"),
        0.0,
        4,
    ),
    Kind(
        "sd",
        "sd over seeds / that of the base (right: less stable)",
        attrgetter("spread.ratio"),
        attrgetter("spread_shown"),
        1.0,
        2,
    ),
)


class AblationTopic(Topic):
    """Nothing for a study that is no ablation."""

    order = 20

    def section(self) -> Section | None:
        data, study = self.data, self.data.ablation
        if study is None:
            return None
        tables = [table for base in study.bases for table in _compact(data, study, base)]
        tables.append(_full(data, study))
        if study.interactions:
            tables.append(_interactions(data, study))
        if study.left_out:
            tables.append(_left_out(study))
        notes = (*NOTES, SINGLE) if len(data.seeds) == 1 else NOTES
        title = "Ablation: what each change causes"
        return Section("ablation", "Ablation", title, HOW, (), tuple(tables), notes)

    def figures(self) -> list[Plot]:
        """For each scenario, every departure by base: its effect on the mean, and the spread."""
        study = self.data.ablation
        if study is None:
            return []
        plots = [_plot(self.data, study, kind, s) for kind in KINDS for s in self.data.scenarios]
        return [plot for plot in plots if plot is not None]

    def files(self) -> dict[str, list[dict[str, object]]]:
        study = self.data.ablation
        if study is None:
            return {}
        return {
            "ablation.csv": [_effect(self.data, effect) for effect in study.effects],
            "interactions.csv": [_interaction(one) for one in study.interactions],
        }

    def sentences(self) -> list[Sentence]:
        """One for each scenario and base."""
        study = self.data.ablation
        if study is None:
            return []
        effects = [effect for effect in study.effects if effect.label not in study.bases]
        places = [(scenario, base) for scenario in self.data.scenarios for base in study.bases]
        groups = {p: [e for e in effects if (e.scenario, e.base) == p] for p in places}
        return [_sentence(self.data, *place, group) for place, group in groups.items() if group]


def _compact(data: ReportData, study: Ablation, base: str) -> Iterator[Table]:
    """Two tables of a base: its departures by scenario, effects on the mean and on the spread."""
    place, name = study.bases.index(base), data.names[base]
    columns = (Column("change", False), *(Column(scenario) for scenario in data.scenarios))
    factors = [f for f in study.factors if any(study.effect(s, base, f) for s in data.scenarios)]
    for key, title, cell in (
        ("mae", f"Effect on the MAE, from {name}", _mean_cell),
        ("sd", f"Ratio of standard deviations, from {name}", _spread_cell),
    ):
        rows = tuple(
            (
                Cell(display_name(factor)),
                *(cell(study.effect(scenario, base, factor)) for scenario in data.scenarios),
            )
            for factor in factors
        )
        if rows:
            yield Table(f"ablation-{key}-{place + 1}", title, columns, rows)


def _mean_cell(effect: Effect | None) -> Cell:
    if effect is None:
        return Cell(NA)
    return replace(interval(effect.difference.difference), mark=_mark(effect.shown))


def _spread_cell(effect: Effect | None) -> Cell:
    if effect is None:
        return Cell(NA)
    return replace(interval(effect.spread.ratio, 2), mark=_mark(effect.spread_shown))


def _mark(shown: bool) -> str:
    return "best" if shown else ""


def _full(data: ReportData, study: Ablation) -> Table:
    columns = (
        Column("scenario", False),
        Column("base", False),
        Column("change", False),
        Column("to", False),
        Column("seeds"),
        Column("effect on MAE, 95 % interval"),
        Column("p"),
        Column("p of all pairs"),
        Column("sd ratio, 95 % interval"),
        Column("p"),
        Column("p, Holm"),
        Column("p, Brown-Forsythe, Holm"),
        Column("failed or diverged"),
        Column("of the base"),
        Column("constant"),
        Column("of the base"),
    )
    rows = tuple(_row(data, effect) for effect in study.effects)
    return Table("ablation", "Every effect", columns, rows, big=True)


def _row(data: ReportData, effect: Effect) -> tuple[Cell, ...]:
    return (
        Cell(effect.scenario),
        Cell(data.names[effect.base]),
        Cell(display_name(effect.factor)),
        Cell(data.names[effect.label]),
        Cell(str(len(effect.seeds))),
        _mean_cell(effect),
        Cell(p_value(effect.difference.p)),
        Cell(p_value(effect.adjusted)),
        _spread_cell(effect),
        Cell(p_value(effect.spread.p_paired)),
        Cell(p_value(effect.spread_adjusted)),
        Cell(p_value(effect.spread_unpaired_adjusted)),
        *(_count(data.lost(name)) for name in (effect.label, effect.base)),
        *(_count(data.constant(name)) for name in (effect.label, effect.base)),
    )


def _count(count: int) -> Cell:
    return Cell(str(count), mark="bad" if count else "")


def _interactions(data: ReportData, study: Ablation) -> Table:
    columns = (
        Column("scenario", False),
        Column("base", False),
        Column("first", False),
        Column("second", False),
        Column("seeds"),
        Column("effect of the first"),
        Column("of the second"),
        Column("of both"),
        Column("beyond the sum, 95 % interval"),
        Column("p"),
        Column("p, Holm"),
        Column("failed or diverged"),
    )
    rows = tuple(_pair(data, one) for one in study.interactions)
    title = "Two changes together: interactions in the MAE"
    return Table("interactions", title, columns, rows)


def _pair(data: ReportData, one: Interaction) -> tuple[Cell, ...]:
    beyond = replace(interval(one.beyond.difference), mark=_mark(one.shown))
    return (
        Cell(one.scenario),
        Cell(data.names[one.base]),
        *(Cell(display_name(factor)) for factor in one.factors),
        Cell(str(len(one.seeds))),
        *(interval(part.difference) for part in (one.first, one.second, one.both)),
        beyond,
        Cell(p_value(one.beyond.p)),
        Cell(p_value(one.adjusted)),
        _count(data.lost(one.label)),
    )


def _left_out(study: Ablation) -> Table:
    columns = tuple(Column(title, False) for title in ("configuration", "why it was not run"))
    rows = tuple(
        (Cell(display_name(one.label, 80)), Cell(display_name(one.left_out, 300)))
        for one in study.left_out
    )
    return Table("left-out", "Left out", columns, rows)


def _plot(data: ReportData, study: Ablation, kind: Kind, scenario: str) -> Plot | None:
    effects: dict[tuple[str, str], Effect] = {
        (base, factor): effect
        for base in study.bases
        for factor in study.factors
        if (effect := study.effect(scenario, base, factor)) and kind.value(effect).value is not None
    }
    if not effects:
        return None
    numbers = [_numbers(data, kind, effect) for effect in effects.values()]
    alt = f"{scenario}: {kind.label}, with 95 % interval. {' '.join(numbers)}"
    names = {base: f"from {short(data.names[base])}" for base in study.bases}
    marks = [
        Mark(factor, name, kind.value(effect), kind.shown(effect))
        for factor in study.factors
        for base, name in names.items()
        if (effect := effects.get((base, factor)))
    ]
    groups, log = tuple(names.values()), kind.key == "sd"
    draw = partial(grouped, scenario, kind.label, marks, groups, kind.nothing, log)
    return Plot(f"ablation-{kind.key}-{scenario}", alt, draw)


def _numbers(data: ReportData, kind: Kind, effect: Effect) -> str:
    value = kind.value(effect)
    limits = range_of(value, kind.places)
    return f"{data.names[effect.label]}: {number(value.value, kind.places)} {limits}."


def _effect(data: ReportData, effect: Effect) -> dict[str, object]:
    return {
        "scenario": effect.scenario,
        "base": effect.base,
        "change": effect.factor,
        "learner": effect.label,
        "n_seeds": len(effect.seeds),
        **with_limits("effect", effect.difference.difference),
        "p": effect.difference.p,
        "p_simultaneous": effect.adjusted,
        **with_limits("sd_ratio", effect.spread.ratio),
        "sd_p": effect.spread.p_paired,
        "sd_p_holm": effect.spread_adjusted,
        "sd_p_unpaired_holm": effect.spread_unpaired_adjusted,
        "n_failed": data.lost(effect.label),
        "n_failed_base": data.lost(effect.base),
        "n_constant": data.constant(effect.label),
        "n_constant_base": data.constant(effect.base),
    }


def _interaction(one: Interaction) -> dict[str, object]:
    first, second = one.factors
    return {
        "scenario": one.scenario,
        "base": one.base,
        "first": first,
        "second": second,
        "learner": one.label,
        "n_seeds": len(one.seeds),
        **with_limits("first_effect", one.first.difference),
        **with_limits("second_effect", one.second.difference),
        **with_limits("both_effect", one.both.difference),
        **with_limits("interaction", one.beyond.difference),
        "p": one.beyond.p,
        "p_holm": one.adjusted,
    }


def _sentence(data: ReportData, scenario: str, base: str, effects: Sequence[Effect]) -> Sentence:
    count, seeds = len(effects), sorted({len(effect.seeds) for effect in effects})
    common = str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    changes = f"{count} change{'' if count == 1 else 's'}"
    moved = [e for e in effects if e.shown]
    spread = [e for e in effects if e.spread_shown]
    moved.sort(key=lambda e: -abs(e.difference.difference.value or 0.0))
    means = "; ".join(f"{display_name(e.factor)} {_signed(e)}" for e in moved)
    ratios = "; ".join(
        f"{display_name(e.factor)} x {number(e.spread.ratio.value, 2)} "
        f"{range_of(e.spread.ratio, 2)}"
        for e in spread
    )
    text = f"Of {changes} to {data.names[base]} ({common} common seeds), "
    text += f"{_many(len(moved))} shown to move the MAE"
    text += f": {means}; " if moved else "; "
    text += f"{_many(len(spread))} shown to move the standard deviation over seeds"
    text += f": {ratios}." if spread else "."
    return Sentence(text, "ablation", "shown" if moved or spread else "open", scenario)


def _many(count: int) -> str:
    return "none is" if not count else f"{count} {'is' if count == 1 else 'are'}"


def _signed(effect: Effect) -> str:
    value = effect.difference.difference
    sign = "+" if (value.value or 0.0) > 0 else ""
    return f"{sign}{number(value.value)} {range_of(value)}"
