"""A study as notebooks hold it: everything that `coldbench report` says, as objects."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from coldbench import study as stored
from coldbench.notebook.comparison import Comparison
from coldbench.notebook.figures import Figures
from coldbench.notebook.league import League
from coldbench.report.formats.fragment import table_to_fragment
from coldbench.report.study import ReportData, build
from coldbench.report.write import write_report
from coldbench.text import Cell, Column, Table, display_name, listed

__all__ = ["Study", "open_study", "run_study"]

P = ParamSpec("P")
Version = tuple[int, ...]


class Study(stored.Study):
    """A folder of runs: `results()`, `league()`, `compare(a, b)`, `plot`, `report()`.

    What it says is computed when it is asked for, and again when runs have been stored since.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self._analysed: tuple[Version, ReportData] | None = None

    def league(self) -> League:
        """Each learner in each scenario, and who may be the best."""
        return League(self._data())

    def compare(self, a: str, b: str) -> Comparison:
        """Two learners in each scenario, on the seeds that both have.

        Raises UsageError for a learner that the study does not have or does not compare with it.
        """
        return Comparison.of(self._data(), a, b)

    @property
    def plot(self) -> Figures:
        """Figures of the report, as matplotlib axes."""
        return Figures(self._data())

    def report(
        self,
        out: str | Path | None = None,
        focus: Sequence[str] = (),
        figures: Sequence[str] = ("svg",),
    ) -> Path:
        """Write the report into `out` (default: the study's folder); returns its page.

        focus: learners that it is about; figures: kinds of figure files: svg, png, pdf.
        """
        data = build(self, focus) if focus else self._data()
        return write_report(self, Path(out or self.path), figures, data)["report.html"]

    def _data(self) -> ReportData:
        version = self._version()
        if self._analysed is None or self._analysed[0] != version:
            self._analysed = version, build(Study(self.path))
        return self._analysed[1]

    def _version(self) -> Version:
        """Moves when a run is stored: runs are renamed into their folder."""
        files = (self.runs, self.path / "study.json", self.path / "records.jsonl")
        return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)

    def __repr__(self) -> str:
        facts = self._facts()
        return (
            f"<coldbench study {self.path}: {facts['data set']}, protocol {facts['protocol']}, "
            f"{_some(facts, 'learners')}, {_some(facts, 'seeds')}, {facts['runs']}>"
        )

    def _repr_html_(self) -> str:
        columns = (Column("study", False), Column(display_name(self.path, 200), False))
        names = [display_name(name) for name in self.manifest.learners]
        facts = self._facts() | {"learners": f"{len(names)}: {listed(names, 6)}"}
        rows = tuple((Cell(what), Cell(value)) for what, value in facts.items())
        return table_to_fragment(Table("study", "", columns, rows))

    def _facts(self) -> dict[str, str]:
        """Without a look into the runs."""
        manifest, stored = self.manifest, len(self.stored())
        return {
            "data set": display_name(manifest.fixed["dataset"], 60),
            "protocol": display_name(manifest.fixed["protocol"]),
            "learners": str(len(manifest.learners)),
            "seeds": str(len({job.seed for job in manifest.jobs})),
            "runs": f"{stored:,} of {len(manifest.jobs):,} runs stored",
        }


def _some(facts: Mapping[str, str], what: str) -> str:
    """`1 seed`, `2 seeds`."""
    return f"{facts[what]} {what[:-1] if facts[what] == '1' else what}"


def open_study(path: str | Path) -> Study:
    """The study in a folder; raises StoreError when there is none or it cannot be read."""
    study = Study(Path(path))
    _ = study.manifest
    return study


def _opened(run: Callable[P, stored.Study]) -> Callable[P, Study]:
    @wraps(run)
    def opened(*args: P.args, **kwargs: P.kwargs) -> Study:
        return Study(run(*args, **kwargs).path)

    return opened


run_study = _opened(stored.run_study)
