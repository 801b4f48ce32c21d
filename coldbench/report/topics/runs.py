"""Every run: as a table that the page sorts and filters, and as files."""

import pandas as pd

from coldbench.report.topic import Topic
from coldbench.text import NA, Cell, Column, Section, Table, display_name, number, plain

__all__ = ["Runs"]

HOW = (
    "Every run that the tables above are made of. Click a heading to sort; type to filter by "
    "learner, scenario, seed or status. The same lines, in full precision, are in runs.csv."
)


class Runs(Topic):
    """The lines that all other topics are made of."""

    order = 190

    def section(self) -> Section:
        data = self.data
        columns = (
            Column("learner", False),
            Column("seed"),
            Column("scenario", False),
            *(Column(metric) for metric in data.metrics),
            Column("status", False),
        )
        keys = ["learner", "seed", "scenario", "status"]
        constant = {(record.job.learner, record.job.seeds.label) for record in data.collapsed}
        values: dict[tuple[str, ...], dict[str, Cell]] = {}
        lines = data.full[[*keys, "metric", "value", "reason"]]
        for *key, metric, value, reason in lines.itertuples(index=False, name=None):
            values.setdefault(tuple(key), {})[metric] = _value(value, key[-1], reason)
        rows = [
            (
                Cell(data.names[learner]),
                Cell(plain(seed), sort=float(data.seeds.index(seed))),
                Cell(scenario),
                *(cells.get(metric, Cell(NA)) for metric in data.metrics),
                _status(status, (learner, seed) in constant),
            )
            for (learner, seed, scenario, status), cells in values.items()
        ]
        table = Table("runs", "Runs", columns, tuple(rows), big=True, interactive=True)
        return Section("runs", "Every run", "Every run", HOW, (), (table,))

    def files(self) -> dict[str, pd.DataFrame]:
        return {"summary.csv": self.data.summary, "runs.csv": self.data.runs}


def _status(status: str, constant: bool) -> Cell:
    if constant:
        return Cell(f"{status}, constant", mark="bad")
    return Cell(status, mark="" if status == "finished" else "bad")


def _value(value: float, status: str, reason: str) -> Cell:
    """The reason of a run that did not finish is in the table of failures."""
    if value == value:
        return Cell(number(value), sort=value)
    return Cell(NA, display_name(reason, 60) if status == "finished" else "")
