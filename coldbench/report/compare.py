"""Two studies side by side: does every learner that both have do the same in both?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coldbench.errors import StoreError
from coldbench.report.families import ALPHA
from coldbench.report.pairs import holm
from coldbench.report.standings import Values
from coldbench.report.study import main_values
from coldbench.report.topics.origin import origin_of
from coldbench.running import RunRecord
from coldbench.statistics import (
    Agreement,
    Interval,
    compare_spread,
    paired_agreement,
    spread_ratio,
    unpaired_agreement,
)
from coldbench.study import Study, results
from coldbench.tasks import SCENARIOS
from coldbench.text import Cell, Column, Table, display_name, interval, number, p_value, plain

__all__ = ["Contrast", "Contrasts", "contrast", "contrast_table"]

LONGEST = 120  # characters of a value in the list of what differs


@dataclass(frozen=True, slots=True)
class Contrast:
    """One learner in one scenario. seeds: how many runs of A and of B went in; ratio: sd of A over
    sd of B; adjusted: Holm's p of the difference over all lines of the comparison."""

    learner: str
    scenario: str
    seeds: tuple[int, int]
    means: tuple[float, float]
    agreement: Agreement
    ratio: Interval
    adjusted: float | None = None

    @property
    def conclusion(self) -> str:
        """In words, never stronger than the numbers."""
        agreement = self.agreement
        differ = self.adjusted is not None and self.adjusted <= ALPHA
        if agreement.difference.low == agreement.difference.high == 0.0:
            return "identical"
        if differ:
            lower = "A" if (agreement.difference.value or 0.0) < 0.0 else "B"
            return f"{lower} is lower" + (", within the margin" if agreement.equivalent else "")
        if agreement.equivalent:
            return "equivalent"
        return "n/a" if agreement.p is None else "not shown"


@dataclass(frozen=True, slots=True)
class Contrasts:
    """lines: one for each learner and scenario of both studies; paired: whether seeds are;
    differing: (what, in A, in B) of all that the studies do not share; alone: learners of one."""

    lines: tuple[Contrast, ...]
    margin: float
    paired: bool
    why: str
    differing: tuple[tuple[str, str, str], ...]
    alone: tuple[tuple[str, ...], tuple[str, ...]]


def contrast(a: Study, b: Study, margin: float) -> Contrasts:
    """Compare two studies; paired where both met the same episodes at common seeds, else Welch.

    Raises StoreError when no learner finished a run of the same scenario in both.
    """
    records = list(a.records()), list(b.records())
    values = [main_values(results.runs(study)) for study in (a, b)]
    beside = _beside(a, b)
    learners = [list(dict.fromkeys(n for n, _ in one if n not in beside)) for one in values]
    both = [name for name in learners[0] if name in learners[1]]
    places = [(n, s) for s in SCENARIOS for n in both if all((n, s) in v for v in values)]
    if not places:
        finished = [", ".join(display_name(name) for name in names) or "none" for names in learners]
        raise StoreError(
            f"{a.path} and {b.path} have no learner and scenario in common: finished are "
            f"{finished[0]} and {finished[1]}; run the same --models and --scenarios in both"
        )
    paired, why = _pairing(*records)
    lines = [_contrast(p, values[0][p], values[1][p], margin, paired) for p in places]
    alone = [tuple(n for n in names if n not in both) for names in learners]
    return Contrasts(
        tuple(_corrected(lines)), margin, paired, why, tuple(_differing(a, b, *records)),
        (alone[0], alone[1]),
    )  # fmt: skip


def _beside(*studies: Study) -> set[str]:
    """The yardsticks that nobody asked for: comparing these would make others harder to show."""
    plans = [study.manifest for study in studies]
    asked = {name for plan in plans for name in plan.learners if name not in plan.yardsticks}
    return {name for plan in plans for name in plan.yardsticks} - asked


def _pairing(a: Sequence[RunRecord], b: Sequence[RunRecord]) -> tuple[bool, str]:
    """Seeds pair when they met the same data and the same episodes, by their fingerprints."""
    first, second = _episodes(a), _episodes(b)
    common = [seed for seed in first if seed in second]
    if not common:
        return False, "the studies have no seed in common"
    if any(first[seed] != second[seed] for seed in common):
        return False, "at the same seeds the studies met other data or episodes"
    if len(common) < 2:
        return False, "the studies have one seed in common"
    return True, f"{len(common)} common seeds met the same episodes"


def _episodes(records: Sequence[RunRecord]) -> dict[str, tuple[str, ...]]:
    return {
        record.job.seeds.label: (
            record.job.dataset_sha256,
            record.split_sha256,
            record.episode_sha256,
        )
        for record in records
        if record.status == "finished"
    }


def _contrast(
    place: tuple[str, str], a: Values, b: Values, margin: float, paired: bool
) -> Contrast:
    common = [seed for seed in a if seed in b]
    paired = paired and len(common) > 1
    x = [a[seed] for seed in common] if paired else list(a.values())
    y = [b[seed] for seed in common] if paired else list(b.values())
    compare = paired_agreement if paired else unpaired_agreement
    return Contrast(
        *place,
        (len(x), len(y)),
        (sum(x) / len(x), sum(y) / len(y)),
        compare(x, y, margin=margin),
        compare_spread(x, y).ratio if paired else spread_ratio(x, y),
    )


def _corrected(lines: Sequence[Contrast]) -> list[Contrast]:
    adjusted = holm([line.agreement.p for line in lines])
    return [replace(line, adjusted=p) for line, p in zip(lines, adjusted, strict=True)]


def _differing(
    a: Study, b: Study, records_a: Sequence[RunRecord], records_b: Sequence[RunRecord]
) -> Iterator[tuple[str, str, str]]:
    first, second = (
        dict(origin_of(study, records).facts) for study, records in ((a, records_a), (b, records_b))
    )
    for what in dict.fromkeys([*first, *second]):
        if first.get(what) != second.get(what):
            yield what, *_only_changed(first.get(what, "n/a"), second.get(what, "n/a"))
    fixed_a, fixed_b = a.manifest.fixed, b.manifest.fixed
    for what in ("scenarios", "shots"):
        if fixed_a.get(what) != fixed_b.get(what):
            yield what, plain(fixed_a.get(what)), plain(fixed_b.get(what))
    known_a, known_b = a.manifest.learners, b.manifest.learners
    for name in (name for name in known_a if name in known_b):
        yield from _options(name, known_a[name], known_b[name])


def _options(
    name: str, a: Mapping[str, Any], b: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys([*a, *b]):
        if a.get(key) != b.get(key):
            what = f"{display_name(name)}.{plain(key)}"
            yield what, plain(a.get(key, "n/a")), plain(b.get(key, "n/a"))


def _only_changed(a: str, b: str) -> tuple[str, str]:
    """Of two lists `x 1, y 2`, the entries that differ."""
    first, second = a.split(", "), b.split(", ")
    left = ", ".join(part for part in first if part not in second)
    right = ", ".join(part for part in second if part not in first)
    return display_name(left or "n/a", LONGEST), display_name(right or "n/a", LONGEST)


def contrast_table(contrasts: Contrasts) -> Table:
    """One row for each learner and scenario."""
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("runs"),
        Column("mean A"),
        Column("mean B"),
        Column("A − B, 95 % interval"),
        Column("p, Holm"),
        Column("p, equivalence"),
        Column("conclusion", False),
        Column("sd A / sd B"),
    )
    rows = tuple(
        (
            Cell(line.scenario),
            Cell(display_name(line.learner)),
            Cell("/".join(str(n) for n in dict.fromkeys(line.seeds))),
            Cell(number(line.means[0])),
            Cell(number(line.means[1])),
            interval(line.agreement.difference),
            Cell(p_value(line.adjusted)),
            Cell(p_value(line.agreement.tost_p)),
            Cell(line.conclusion, _unpaired(line, contrasts.paired)),
            interval(line.ratio, 2),
        )
        for line in contrasts.lines
    )
    how = "paired by seed" if contrasts.paired else "unpaired, Welch"
    return Table("compare", f"Study A against study B: MAE, {how}", columns, rows)


def _unpaired(line: Contrast, paired: bool) -> str:
    """A line of a paired comparison that has no seeds to pair."""
    return "unpaired: fewer than 2 common seeds" if paired and not line.agreement.paired else ""
