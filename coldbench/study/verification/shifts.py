"""How far the scores of a stored run lie from those of runs that differ in the last bit only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from coldbench.errors import shorten
from coldbench.running import RunRecord
from coldbench.scoring import ScoreRow, own_metrics
from coldbench.statistics import mean_interval

__all__ = ["FLOOR", "Shift", "lost_rows", "odd_rows", "shifts_of"]

LEVEL = 0.99  # of the stored run, where nothing but rounding differs, and runs are normal
FLOOR = 1e-6  # of the value itself: smaller differences are the arithmetic of a sum
TURNED = 4  # users whose order a near tie may turn, in a metric of order

Place = tuple[str, int, str]  # scenario, shots, metric
Rows = Mapping[Place, ScoreRow]


@dataclass(frozen=True)
class Shift:
    """moved: how far the stored value is from the mean of the runs here; sd: of these; limit: what
    rounding explains; level: that mean."""

    what: str
    moved: float
    sd: float
    limit: float
    level: float

    def __str__(self) -> str:
        return f"{self.what} by {self.moved:.2g}, rounding alone by {self.sd:.2g} (sd)"


def shifts_of(stored: RunRecord, runs: Sequence[RunRecord]) -> tuple[list[Shift], list[Shift]]:
    """Of the MAEs with all support ratings, and of everything else that coldbench measures: what
    rounding does to a stranger's metric is not known. One more run here would lie within all limits
    of either list with probability LEVEL."""
    old, new = rows_of(stored), [rows_of(run) for run in runs]
    ours = own_metrics()
    known = [place for place in old if place[2] in ours and _values(place, old, *new)]
    turned = TURNED * int(stored.job.protocol_options.get("query", 10))
    maes = [place for place in known if place[1] < 0 and place[2] == "mae"]
    rest = [place for place in known if place not in maes]
    first, second = (
        [
            _shift(old[place], [one[place] for one in new], 1 - (1 - LEVEL) / len(some), turned)
            for place in some
        ]
        for some in (maes, rest)
    )
    return first, second


def odd_rows(stored: RunRecord, runs: Sequence[RunRecord]) -> str:
    """A score that only the stored run has, or only each run here; empty where there is none."""
    old, new = rows_of(stored), [rows_of(run) for run in runs]
    made = {place[2] for place in new[0]}
    for place, row in old.items():
        here = [one[place] for one in new if place in one]
        if not here and place[2] in made:
            return f"{_named(place)} is in no run here"
        if any(one.version != row.version for one in here):
            continue  # defined anew
        if here and all((one.value is None) != (row.value is None) for one in here):
            return f"{_named(place)} has a value {'here' if row.value is None else 'there'} alone"
    return lost_rows(stored, runs[0])


def lost_rows(stored: RunRecord, again: RunRecord) -> str:
    """The first score that a run has here and the stored one lacks, though it knows the metric."""
    old, known = rows_of(stored), {row.metric for row in stored.scores}
    for place in rows_of(again):
        if place not in old and (place[2] in known | {"mae"}):
            return f"{_named(place)} is missing in the stored run"
    return ""


def rows_of(record: RunRecord) -> dict[Place, ScoreRow]:
    """By place; of two at one place, which `verify` refuses, the last."""
    return {(row.scenario, row.shots, row.metric): row for row in record.scores}


def _named(place: Place) -> str:
    scenario, shots, metric = place
    name = "MAE" if metric == "mae" else shorten(metric)[1:-1]
    support = "" if shots < 0 else f" with {shots} support ratings"
    return f"the {name} in {shorten(scenario)[1:-1]}{support}"


def _values(place: Place, *tables: Rows) -> bool:
    """Whether all have a value there, by one definition of the metric."""
    found = [table[place] for table in tables if place in table]
    alike = len({row.version for row in found}) == 1
    return alike and len(found) == len(tables) and all(row.value is not None for row in found)


def _shift(stored: ScoreRow, runs: Sequence[ScoreRow], level: float, turned: int) -> Shift:
    """turned: query ratings of users whose order may turn."""
    values = [row.value for row in runs if row.value is not None]
    centre, was = float(np.mean(values)), stored.value or 0.0
    one_more = (mean_interval(values, level=level).width or 0.0) / 2 * sqrt(len(values) + 1)
    limit = max(one_more, FLOOR * max(abs(centre), abs(was), FLOOR), _grain(stored, turned))
    place = (stored.scenario, stored.shots, stored.metric)
    return Shift(_named(place), abs(was - centre), float(np.std(values, ddof=1)), limit, centre)


def _grain(row: ScoreRow, turned: int) -> float:
    """What a turned near tie moves a metric of order by, which few runs with noise may not show."""
    metric = own_metrics().get(row.metric)
    if metric is None or not metric.depth or metric.low is None or metric.high is None:
        return 0.0
    return turned / max(row.n, 1) * (metric.high - metric.low)
