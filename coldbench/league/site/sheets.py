"""A table of a page, with the CSV files beside it: what it shows, and each seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coldbench.league.site.places import REFERENCES, Place
from coldbench.report.formats.csv import to_files
from coldbench.report.topic import with_limits
from coldbench.statistics import Interval
from coldbench.text import Table

__all__ = ["Sheet", "csv_files", "rows_of", "seed_rows"]

Row = Mapping[str, object]
NONE = Interval(None, None, None, 0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """stem: of both files, from the page; note: how to read it."""

    table: Table
    stem: str
    note: str = ""

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """(address, what it is)."""
        return (f"{self.stem}.csv", "this table"), (f"{self.stem}-seeds.csv", "every seed")


def csv_files(stem: str, rows: Sequence[Row], seeds: Sequence[Row]) -> dict[str, str]:
    """Text of both files, by address from the root."""
    return to_files({f"{stem}.csv": rows, f"{stem}-seeds.csv": seeds})


def rows_of(places: Iterable[Place]) -> list[Row]:
    """One for each learner, scenario and data set."""
    return [
        {
            "dataset": one.dataset,
            "protocol": one.protocol,
            "scenario": one.scenario,
            "learner": one.learner,
            "n_seeds": len(one.values),
            **with_limits("mae", one.mean),
            **with_limits("skill", one.skill or NONE),
            "verdict": one.verdict,
            "best": one.best,
            **with_limits("above_best", one.gap or NONE),
            "rank_low": one.ranks and one.ranks[0],
            "rank_high": one.ranks and one.ranks[1],
            **_references(one),
        }
        for one in places
    ]


def _references(one: Place) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in REFERENCES:
        beside = one.beside.get(name)
        found |= with_limits(f"minus_{name}", beside.difference if beside else NONE)
        found[f"beside_{name}"] = beside.outcome if beside else None
    return found


def seed_rows(places: Iterable[Place]) -> list[Row]:
    """One for each run."""
    return [
        {
            "dataset": one.dataset,
            "protocol": one.protocol,
            "scenario": one.scenario,
            "learner": one.learner,
            "seed": seed,
            "mae": value,
            "skill": one.skills.get(seed),
        }
        for one in places
        for seed, value in one.values.items()
    ]
