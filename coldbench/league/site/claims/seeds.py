"""Every run behind an answer, as rows of a CSV file."""

from collections.abc import Iterable

from coldbench.report.study import ReportData

__all__ = ["runs_of"]


def runs_of(data: ReportData, learners: Iterable[str]) -> list[dict[str, object]]:
    """MAE by scenario, learner and seed, in the order of the study."""
    wanted = list(learners)
    return [
        {"scenario": scenario, "learner": name, "seed": seed, "mae": value}
        for scenario in data.scenarios
        for name in wanted
        for seed, value in data.values(name, scenario).items()
    ]
