"""How unsteady one side of an ablation is beside the other, and which change steadies it."""

from collections.abc import Sequence

from coldbench.errors import UsageError, shorten
from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.seeds import runs_of
from coldbench.report.effects import ALL, Effect
from coldbench.report.study import ReportData
from coldbench.report.topic import with_limits
from coldbench.report.topics.ablation import AblationTopic
from coldbench.text import NA, Cell, Column, Table, display_name, interval, listed, number, range_of

__all__ = ["answer"]

NAMED = 3  # changes that the answer names
HOW = (
    "Standard deviation over seeds with one change, divided by that without it: below 1 is "
    "steadier. First row: the whole distance between both sides. Bold: two tests agree, after "
    "correction over all changes and scenarios, that the spreads differ."
)


def answer(claim: Claim, data: ReportData) -> Answer:
    """Raises UsageError where the study is no ablation of both sides."""
    study = data.ablation
    whole = [one for one in study.effects if _is_whole(one, claim)] if study else []
    if study is None or not whole:
        raise UsageError(f"{data.study.path} has no ablation from {shorten(claim.learner)}")
    single = [e for e in study.effects if e.base == claim.learner and e.factor in study.factors]
    return Answer(
        words=(_distance(data, whole), *_steadier(single)),
        tables=(_table(data, claim, whole, single),),
        rows=[_row(one) for one in (*whole, *single)],
        seeds=runs_of(
            data, dict.fromkeys([claim.beside, claim.learner, *(e.label for e in single)])
        ),
        figures=tuple(
            p for p in data.of(AblationTopic).figures() if p.key.startswith("ablation-sd")
        ),
        how=HOW,
    )


def _is_whole(effect: Effect, claim: Claim) -> bool:
    both = {effect.label, effect.base}
    return effect.factor == ALL and both == {claim.learner, claim.beside}


def _distance(data: ReportData, whole: Sequence[Effect]) -> str:
    """By scenario, the ratio of both sides."""
    first = whole[0]
    told = [_times(one) for one in whole]
    spreads = [
        f"{number(sd.value, 3)} for {display_name(name)}"
        for name in (first.label, first.base)
        if (standing := data.standing(name, first.scenario)) and (sd := standing.spread.sd)
    ]
    return (
        f"Over {len(first.seeds)} seeds the standard deviation of {display_name(first.label)} is "
        f"that of {display_name(first.base)} times {listed(told, 9)}. In {first.scenario} it is "
        f"{listed(spreads)}."
    )


def _times(one: Effect) -> str:
    ratio = one.spread.ratio
    open_ = "" if one.spread_shown else " (not shown)"
    return f"{number(ratio.value, 1)} {range_of(ratio, 1)} in {one.scenario}{open_}"


def _steadier(single: Sequence[Effect]) -> list[str]:
    """What each change alone leaves of the spread, in the first scenario, the least first."""
    scenario = single[0].scenario if single else ""
    known = [e for e in single if e.scenario == scenario and e.spread.ratio.value is not None]
    least = sorted(known, key=lambda one: one.spread.ratio.value or 0.0)[:NAMED]
    if not least:
        return []
    said = [
        f"{display_name(one.factor)} leaves {number(one.spread.ratio.value, 2)} "
        f"{range_of(one.spread.ratio, 2)} of it" for one in least
    ]  # fmt: skip
    shown = [display_name(one.factor) for one in least if one.spread_shown]
    proof = f"shown for {listed(shown)}" if shown else "after correction none of the three is shown"
    moved = [
        f"{display_name(one.factor)} {number(one.difference.difference.value)} "
        f"{range_of(one.difference.difference)}{_shown(one)}" for one in least
    ]  # fmt: skip
    return [
        f"Changed alone, {listed(said)} in {scenario} ({proof}).",
        f"The same changes move the mean MAE there: {listed(moved)}.",
    ]


def _shown(one: Effect) -> str:
    return "" if one.shown else " (not shown)"


def _table(
    data: ReportData, claim: Claim, whole: Sequence[Effect], single: Sequence[Effect]
) -> Table:
    columns = (Column("change", False), *map(Column, data.scenarios))
    groups: dict[str, dict[str, Effect]] = {}
    for one in (*whole, *single):
        name = f"{display_name(one.label)} beside {display_name(one.base)}"
        groups.setdefault(name if one.factor == ALL else one.factor, {})[one.scenario] = one
    rows = tuple(
        (Cell(display_name(name, 80)), *(_cell(mine.get(s)) for s in data.scenarios))
        for name, mine in groups.items()
    )
    title = f"Ratio of standard deviations, from {display_name(claim.learner)}"
    return Table("claim", title, columns, rows)


def _cell(one: Effect | None) -> Cell:
    if one is None or one.spread.ratio.value is None:
        return Cell(NA)
    cell = interval(one.spread.ratio, 2)
    return Cell(cell.text, cell.note, "best" if one.spread_shown else "", cell.sort)


def _row(one: Effect) -> dict[str, object]:
    return {
        "scenario": one.scenario,
        "change": one.factor,
        "learner": one.label,
        "base": one.base,
        "n_seeds": len(one.seeds),
        **with_limits("sd_ratio", one.spread.ratio),
        "spread_shown": one.spread_shown,
        **with_limits("effect", one.difference.difference),
        "p_of_effect": one.adjusted,
    }
