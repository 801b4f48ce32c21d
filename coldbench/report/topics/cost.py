"""What a run of each learner costs: medians over its finished runs."""

from dataclasses import dataclass

import pandas as pd

from coldbench.report.study import ReportData

__all__ = ["Cost", "costs_of"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over runs; megabytes: highest resident memory of the process so far, so a cheap
    learner that ran after a dear one inherits its peak; mae: mean over scenarios;
    seeds: how many it is over, where others have more."""

    learner: str
    name: str
    seconds: float
    fit: float
    predict: float
    megabytes: float
    parameters: float
    epochs: float
    mae: float | None
    seeds: str = ""


def costs_of(data: ReportData) -> list[Cost]:
    """In the order of the league table; learners without a finished run have none."""
    done = data.costs[data.costs["status"] == "finished"]
    return [
        _cost(data, name, mine)
        for name in data.learners
        if len(mine := done[done["learner"] == name])
    ]


def _cost(data: ReportData, learner: str, mine: pd.DataFrame) -> Cost:
    def median(column: str) -> float:
        return float(mine[column].median()) if column in mine else float("nan")

    means = [s.mean.value for scen in data.scenarios if (s := data.standing(learner, scen))]
    known = [mean for mean in means if mean is not None]
    return Cost(
        learner,
        data.names[learner],
        median("seconds_total"),
        median("seconds_fit"),
        median("seconds_predict"),
        float(mine["peak_bytes"].min()) / 1e6,
        median("n_parameters"),
        median("epochs"),
        sum(known) / len(known) if len(known) == len(data.scenarios) else None,
        next((told for scen in data.scenarios if (told := data.partial(learner, scen))), ""),
    )
