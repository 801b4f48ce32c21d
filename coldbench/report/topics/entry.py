"""An entry to a reference pack: what shows that the learner and the pack's can be compared."""

from collections.abc import Iterator
from functools import cached_property

from coldbench.errors import StoreError
from coldbench.report.topic import Sentence, Topic
from coldbench.study import UNTUNED, Entered, SentinelCheck, stored_entry
from coldbench.text import Cell, Column, Section, Table, display_name, listed, plain

__all__ = ["EntryTopic", "in_words"]

HOW = (
    "One learner ran apart from all others, whose runs come sealed from a reference "
    "pack. The sentinel, a learner of the pack, ran there and here: where its predictions are the "
    "same bit for bit, or its errors differ by no more than two runs do that differ in the last "
    "bit of a number, data, splits and arithmetic are those of the pack, and seeds can be paired."
)


def in_words(check: SentinelCheck) -> str:
    """`agrees bit for bit at all 10 seeds`."""
    if check.verdict == "bit for bit":
        return f"agrees bit for bit at all {check.seeds} seeds"
    moved = f"its MAE moves by {check.moved:.2g} at {check.where}, rounding explains"
    verb = "agrees within rounding" if check.verdict == "within rounding" else "disagrees"
    return f"{verb}: bit for bit at {check.exact} of {check.seeds} seeds, else {moved} " + (
        f"{check.limit:.2g}"
    )


class EntryTopic(Topic):
    """Nothing for a study that is no entry."""

    order = 167

    @cached_property
    def _stored(self) -> tuple[Entered | None, str]:
        try:
            return stored_entry(self.data.study.path), ""
        except StoreError as error:
            return None, str(error)

    @property
    def entry(self) -> Entered | None:
        """What entry.json says, where it is whole."""
        return self._stored[0]

    def scale(self, learner: str) -> float | None:
        """What the seconds of a learner are multiplied by; None for the pack's own."""
        entry = self.entry
        return entry.scale if entry and learner == entry.learner else None

    @property
    def seconds(self) -> list[str]:
        """What is to be known of the seconds of the learner that was entered."""
        entry = self.entry
        if entry is None or entry.scale is None or entry.learner not in entry.seconds:
            return []
        who, sentinel = display_name(entry.learner), display_name(entry.sentinel)
        return [
            f"≈: {who} did not run beside the others, and took {entry.seconds[entry.learner]:,.2f} "
            f"s a run; its seconds are multiplied by {entry.scale:.2f}: so many times as long runs "
            f"of {sentinel} took in the pack. costs.csv has them as measured."
        ]

    def section(self) -> Section | None:
        entry = self.entry
        if entry is None:
            return None
        columns = (Column("what", False), Column("value", False))
        rows = tuple((Cell(name), Cell(value)) for name, value in _facts(entry))
        table = Table("entry", "Entry", columns, rows)
        return Section("entry", "Entry", "Entry to a reference pack", HOW, (), (table,))

    def sentences(self) -> list[Sentence]:
        """That it may be compared, or why not."""
        entry, fault = self._stored
        if fault:
            return [Sentence(f"{display_name(fault, 300)}.", "entry", "warning", "Entry")]
        if entry is None:
            return []
        wrong = entry.audit == "leaks" or entry.status != "joined"
        text = f"{_against(entry)}; {_audit(entry)}."
        return [Sentence(text, "entry", "warning" if wrong else "shown", "Entry")]


def _against(entry: Entered) -> str:
    agrees = in_words(entry.agreement) if entry.agreement else "did not run"
    pack = f"{display_name(entry.learner)} beside {plain(entry.pack)}"
    return f"{pack}: the sentinel {display_name(entry.sentinel)} {agrees}"


def _audit(entry: Entered) -> str:
    if entry.audit == "leaks":
        return f"it leaks ({display_name(entry.leaks[0], 200)}), and is in no league"
    if entry.audit != "clean":
        return "it was not audited"
    several = "s" if len(entry.audited) > 1 else ""
    return f"audited at seed{several} {listed(entry.audited)}, clean"


def _facts(entry: Entered) -> Iterator[tuple[str, str]]:
    yield "reference pack", f"{plain(entry.pack)} (sha256 {plain(entry.pack_sha256)[:16]})"
    yield "learner", f"{display_name(entry.learner)}, {plain(entry.plugin)}, code {entry.code}"
    yield "tuned", plain(entry.tuned) or UNTUNED
    lite = " (lite)" if entry.lite else ""
    yield "seeds", f"{len(entry.seeds)} of {entry.pack_seeds}{lite}"
    if entry.agreement:
        yield "sentinel", f"{display_name(entry.sentinel)} {in_words(entry.agreement)}"
        if entry.agreement.why:
            yield "differs from the pack", plain("; ".join(entry.agreement.why))
    yield "leak audit", _audit(entry)
    if entry.scale is not None:
        yield "seconds there / here", f"{entry.scale:.2f}, of the sentinel"
    yield "machine", plain(entry.machine)
    yield "machine of the pack", plain("; ".join(entry.pack_machines))
