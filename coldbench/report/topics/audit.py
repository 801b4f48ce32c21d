"""The leak audit: which learners were shown not to see what they must not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from coldbench.audit import Audit
from coldbench.errors import StoreError
from coldbench.report.topic import Sentence, Topic
from coldbench.running import code_has_changed
from coldbench.study import stored_audits
from coldbench.text import Cell, Column, Section, Table, display_name, plain

__all__ = ["Audited", "LeakAudit"]

HOW = (
    "Did a learner see ratings that it must not? `coldbench audit` runs a job again in fresh "
    "processes that hold no true test rating: with other values for all that is hidden, after "
    "another job, and with a part of the test tasks alone. The predictions of an honest learner "
    "stay the same, bit for bit (within rounding where batches have another shape). An error below "
    "what the data allow is flagged too. An audit is about the runs and the code that it names; "
    "that a learner is clean is not proved by it."
)


@dataclass(frozen=True, slots=True)
class Audited:
    """audits: of a learner's runs, with the code that made them; stale: of other code."""

    learner: str
    audits: tuple[Audit, ...]
    stale: int

    @property
    def leaks(self) -> list[str]:
        """What was found, each thing once, in words."""
        return list(dict.fromkeys(str(leak) for audit in self.audits for leak in audit.leaks))

    @property
    def verdict(self) -> str:
        """In a word or two."""
        if self.leaks:
            return "leaks"
        if any(audit.clean for audit in self.audits):
            declared = any(audit.sequential for audit in self.audits)
            return "clean; test users depend on each other, as declared" if declared else "clean"
        return "audited with other code" if self.stale else "not audited"


class LeakAudit(Topic):
    """Nothing where the file of audits is damaged, but a warning."""

    order = 165

    @cached_property
    def _stored(self) -> tuple[Mapping[str, Audit], str]:
        try:
            return stored_audits(self.data.study), ""
        except StoreError as error:
            return {}, str(error)

    @cached_property
    def audited(self) -> tuple[Audited, ...]:
        """Every learner, audited or not."""
        return tuple(self._audited(name) for name in self.data.learners)

    def _audited(self, learner: str) -> Audited:
        stored, _ = self._stored
        codes = {
            record.job_hash: record.code
            for record in self.data.records
            if record.job.learner == learner and record.job_hash in stored
        }
        mine = {job: stored[job] for job in codes}
        same = [a for job, a in mine.items() if not code_has_changed(codes[job], a.code)]
        return Audited(learner, tuple(same), len(mine) - len(same))

    def section(self) -> Section:
        stored, fault = self._stored
        notes = (fault,) if fault else ()
        if not stored:
            notes = (*notes, "No run of this study was audited: `coldbench audit STUDY`.")
        columns = tuple(Column(title, False) for title in ("learner", "audit", "seeds", "found"))
        table = Table("audit", "Leak audit", columns, tuple(map(self._row, self.audited)))
        tables = (table,) if stored else ()
        return Section("audit", "Leak audit", "Leak audit", HOW, (), tables, notes)

    def _row(self, one: Audited) -> tuple[Cell, ...]:
        mark = {"leaks": "bad", "not audited": "muted"}.get(one.verdict, "")
        seeds = ", ".join(plain(audit.seed) for audit in one.audits)
        found = display_name("; ".join(one.leaks), 600) if one.leaks else ""
        name = self.data.names[one.learner]
        return Cell(name), Cell(one.verdict, mark=mark), Cell(display_name(seeds, 200)), Cell(found)

    def files(self) -> dict[str, list[dict[str, object]]]:
        return {"audit.csv": [_line(audit) for one in self.audited for audit in one.audits]}

    def sentences(self) -> Sequence[Sentence]:
        """Who leaks."""
        told = [
            f"{self.data.names[one.learner]} sees what it must not: {one.leaks[0]}"
            for one in self.audited
            if one.leaks
        ]
        fault = [self._stored[1]] if self._stored[1] else []
        return [
            Sentence(f"{display_name(text, 300)}.", "audit", "warning", "Leak audit")
            for text in [*told, *fault]
        ]


def _line(audit: Audit) -> dict[str, object]:
    return {
        "learner": audit.learner,
        "seed": audit.seed,
        "job": audit.job_hash,
        "code": audit.code,
        "status": audit.status,
        "sequential": audit.sequential,
        "predictions": audit.predictions,
        "leaks": "; ".join(str(leak) for leak in audit.leaks),
        "notes": "; ".join(audit.notes),
    }
