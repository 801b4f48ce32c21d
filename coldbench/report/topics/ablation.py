"""Ablation: what each departure from a base changes, in tables and in words."""

from collections.abc import Iterator, Sequence

from coldbench.report.effects import Ablation, Effect, Interaction
from coldbench.report.pairs import ALPHA
from coldbench.report.study import ReportData
from coldbench.report.topics.steadiness import spreads_differ
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

__all__ = ["ablation", "findings"]

HOW = (
    "Each departure changes one thing in its base and nothing else, on the same seeds. Effect on "
    "the mean: MAE of the departure minus that of its base, below 0 is better, with its 95 % "
    "interval. Effect on the spread: standard deviation over seeds of the departure divided by "
    "that of its base; below 1 is more stable. Filled marks and bold numbers: shown after Holm's "
    "correction. What is not shown may still be there: read the intervals."
)
NOTES = (
    "Means and spreads are over finished runs; the columns beside them count the runs that failed "
    "or diverged, and those that predicted a constant. A departure that fails often is worse than "
    "its mean says.",
    "The mean: paired t test, Holm over all pairs x scenarios that this study compares. The "
    "spread: test and interval of Pitman and Morgan, which use the pairing and assume normal runs, "
    "Holm over all departures x scenarios.",
)
SINGLE = "n/a: one seed has no interval, and no spread to compare."


def ablation(data: ReportData) -> Section | None:
    """Nothing for a study that is no ablation."""
    found = data.ablation
    if found is None:
        return None
    tables = [table for base in found.bases for table in _compact(data, found, base)]
    tables.append(_full(data, found))
    if found.interactions:
        tables.append(_interactions(data, found))
    if found.left_out:
        tables.append(_left_out(found))
    figures = [f"ablation-{kind}-{scenario}" for kind in ("mae", "sd") for scenario in
               data.scenarios]  # fmt: skip
    notes = (*NOTES, SINGLE) if len(data.seeds) == 1 else NOTES
    title = "Ablation: what each change causes"
    return Section("ablation", "Ablation", title, HOW, tuple(figures), tuple(tables), notes)


def _compact(data: ReportData, found: Ablation, base: str) -> Iterator[Table]:
    """Two tables of a base: its departures by scenario, effects on the mean and on the spread."""
    place, name = found.bases.index(base), data.names[base]
    columns = (Column("change", False), *(Column(scenario) for scenario in data.scenarios))
    factors = [f for f in found.factors if any(found.effect(s, base, f) for s in data.scenarios)]
    for key, title, cell in (
        ("mae", f"Effect on the MAE, from {name}", _mean_cell),
        ("sd", f"Ratio of standard deviations, from {name}", _spread_cell),
    ):
        rows = tuple(
            (
                Cell(display_name(factor)),
                *(cell(found.effect(scenario, base, factor)) for scenario in data.scenarios),
            )
            for factor in factors
        )
        if rows:
            yield Table(f"ablation-{key}-{place + 1}", title, columns, rows)


def _mean_cell(effect: Effect | None) -> Cell:
    if effect is None:
        return Cell(NA)
    found = interval(effect.difference.difference)
    return Cell(found.text, found.note, _mark(effect.adjusted), found.sort)


def _spread_cell(effect: Effect | None) -> Cell:
    if effect is None:
        return Cell(NA)
    found = interval(effect.spread.ratio, 2)
    shown = spreads_differ(effect.spread.ratio, effect.spread_adjusted)
    return Cell(found.text, found.note, "best" if shown else "", found.sort)


def _mark(adjusted: float | None) -> str:
    return "best" if _shown(adjusted) else ""


def _shown(adjusted: float | None) -> bool:
    return adjusted is not None and adjusted <= ALPHA


def _full(data: ReportData, found: Ablation) -> Table:
    columns = (
        Column("scenario", False),
        Column("base", False),
        Column("change", False),
        Column("to", False),
        Column("seeds"),
        Column("effect on MAE, 95 % interval"),
        Column("p"),
        Column("p, Holm"),
        Column("sd ratio, 95 % interval"),
        Column("p"),
        Column("p, Holm"),
        Column("failed or diverged"),
        Column("of the base"),
        Column("constant"),
        Column("of the base"),
    )
    rows = tuple(_row(data, effect) for effect in found.effects)
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
        *(_count(data.lost(name)) for name in (effect.label, effect.base)),
        *(_count(data.constant(name)) for name in (effect.label, effect.base)),
    )


def _count(count: int) -> Cell:
    return Cell(str(count), mark="bad" if count else "")


def _interactions(data: ReportData, found: Ablation) -> Table:
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
    rows = tuple(_pair(data, one) for one in found.interactions)
    title = "Two changes together: interactions in the MAE"
    return Table("interactions", title, columns, rows)


def _pair(data: ReportData, one: Interaction) -> tuple[Cell, ...]:
    beyond = interval(one.beyond.difference)
    return (
        Cell(one.scenario),
        Cell(data.names[one.base]),
        *(Cell(display_name(factor)) for factor in one.factors),
        Cell(str(len(one.seeds))),
        *(interval(part.difference) for part in (one.first, one.second, one.both)),
        Cell(beyond.text, beyond.note, _mark(one.adjusted), beyond.sort),
        Cell(p_value(one.beyond.p)),
        Cell(p_value(one.adjusted)),
        _count(data.lost(one.label)),
    )


def _left_out(found: Ablation) -> Table:
    columns = tuple(Column(title, False) for title in ("configuration", "why it was not run"))
    rows = tuple(
        (Cell(display_name(one.label, 80)), Cell(display_name(one.left_out, 300)))
        for one in found.left_out
    )
    return Table("left-out", "Left out", columns, rows)


def findings(data: ReportData) -> list[tuple[str, str, bool]]:
    """(scenario, sentences, whether anything is shown) for each scenario and base."""
    found = data.ablation
    if found is None:
        return []
    return [
        (scenario, *_told(data, base, here))
        for scenario in data.scenarios
        for base in found.bases
        if (here := [e for e in _single(found) if (e.scenario, e.base) == (scenario, base)])
    ]


def _single(found: Ablation) -> list[Effect]:
    return [effect for effect in found.effects if effect.label not in found.bases]


def _told(data: ReportData, base: str, effects: Sequence[Effect]) -> tuple[str, bool]:
    count, name = len(effects), data.names[base]
    seeds = sorted({len(effect.seeds) for effect in effects})
    told = str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    changes = f"{count} change{'' if count == 1 else 's'}"
    moved = [e for e in effects if _shown(e.adjusted)]
    spread = [e for e in effects if spreads_differ(e.spread.ratio, e.spread_adjusted)]
    moved.sort(key=lambda e: -abs(e.difference.difference.value or 0.0))
    means = "; ".join(f"{display_name(e.factor)} {_signed(e)}" for e in moved)
    ratios = "; ".join(
        f"{display_name(e.factor)} x {number(e.spread.ratio.value, 2)} "
        f"{range_of(e.spread.ratio, 2)}"
        for e in spread
    )
    text = (
        f"Of {changes} to {name} ({told} common seeds), {_many(len(moved))} shown to move the MAE"
    )
    text += f": {means}; " if moved else "; "
    text += f"{_many(len(spread))} shown to move the standard deviation over seeds"
    text += f": {ratios}." if spread else "."
    return text, bool(moved or spread)


def _many(count: int) -> str:
    return "none is" if not count else f"{count} {'is' if count == 1 else 'are'}"


def _signed(effect: Effect) -> str:
    value = effect.difference.difference
    sign = "+" if (value.value or 0.0) > 0 else ""
    return f"{sign}{number(value.value)} {range_of(value)}"
