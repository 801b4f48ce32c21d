"""What learners say of themselves after each epoch, and runs whose predictions collapsed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coldbench.learning import has_collapsed
from coldbench.running import RunRecord

__all__ = ["Diagnostic", "Panel", "collapsed_runs", "diagnostics_of", "panels"]

KNOWN = ("validation_", "seconds")  # told elsewhere
MOST = 12  # learners in one figure


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A figure that a learner emits: runs[seed] are its values at epochs 1, 2, ..."""

    learner: str
    name: str
    runs: dict[str, tuple[float, ...]]

    @property
    def means(self) -> tuple[float, ...]:
        """Over the seeds that trained so long, at each epoch."""
        longest = max(map(len, self.runs.values()))
        columns = [[run[e] for run in self.runs.values() if len(run) > e] for e in range(longest)]
        return tuple(sum(column) / len(column) for column in columns)


@dataclass(frozen=True, slots=True)
class Panel:
    """A figure of the report: one diagnostic of several learners."""

    key: str
    name: str
    shown: tuple[Diagnostic, ...]


def panels(diagnostics: Sequence[Diagnostic], members: Mapping[str, Sequence[str]]) -> list[Panel]:
    """One for each figure; of an ablation, one for each figure and base, with its departures."""
    found: dict[str, Panel] = {}
    for name in dict.fromkeys(one.name for one in diagnostics):
        here = {one.learner: one for one in diagnostics if one.name == name}
        inside = {learner for group in members.values() for learner in group}
        rest = [learner for learner in here if learner not in inside]
        for group in (*members.values(), rest):
            shown = tuple(here[learner] for learner in group if learner in here)[:MOST]
            if shown:
                slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
                key = f"diagnostics-{slug}-{len(found) + 1}"
                found[key] = Panel(key, name, shown)
    return list(found.values())


def diagnostics_of(table: pd.DataFrame, learners: Sequence[str]) -> tuple[Diagnostic, ...]:
    """From `results.curves`: by figure, then in the order of the learners."""
    wanted = table[~table["name"].str.startswith(KNOWN)] if len(table) else table
    found: dict[tuple[str, str], dict[str, tuple[float, ...]]] = {}
    for key, run in wanted.groupby(["name", "learner", "seed"], sort=False):
        name, learner, seed = (str(part) for part in key)
        values = tuple(float(value) for value in run.sort_values("epoch")["value"])
        found.setdefault((name, learner), {})[seed] = values
    names = dict.fromkeys(name for name, _ in found)
    return tuple(
        Diagnostic(learner, name, found[name, learner])
        for name in names
        for learner in learners
        if (name, learner) in found
    )


def collapsed_runs(records: Sequence[RunRecord]) -> tuple[RunRecord, ...]:
    """Finished runs that predict a constant, by the rule of `coldbench.learning.collapse`."""
    return tuple(
        record
        for record in records
        if record.status == "finished"
        and has_collapsed(
            record.concentration, int(record.job.config.get("epochs", 1)), record.n_parameters
        )
    )
