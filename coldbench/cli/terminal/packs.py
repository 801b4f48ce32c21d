"""Reference packs: a list of them, and what is in one."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from coldbench.cli.terminal.screen import duration, open_console, table
from coldbench.text import listed, plain

if TYPE_CHECKING:
    from coldbench.league import Listed, Pack

__all__ = ["print_pack", "print_packs"]


def print_packs(packs: Sequence["Listed"]) -> None:
    """A line each."""
    console = open_console()
    if not packs:
        console.print("No reference pack comes with this coldbench; name the file of one instead.")
        return
    columns = ("pack", "protocol", "learners", "seeds", "MB", "sha256", "where", "edition")
    lines = [
        (
            one.title, f"{one.protocol} {one.protocol_version}", one.learners, one.seeds,
            f"{one.size / 1e6:.1f}", one.sha256[:12], one.where, one.edition,
        )
        for one in packs
    ]  # fmt: skip
    console.print(table("", columns, lines))


def print_pack(pack: "Pack") -> None:
    """What pack.json says, then what a run of each learner costs and how it was tuned."""
    console, facts = open_console(), pack.facts
    console.print(table(pack.title, ("what", "value"), list(_lines(pack))))
    lines = [
        (name, duration(facts.seconds[name]) if name in facts.seconds else "n/a",
         facts.tuned.get(name, "defaults"))
        for name in facts.learners
    ]  # fmt: skip
    console.print(table("", ("learner", "a run", "tuned"), lines))
    console.print(Text(f"Next: coldbench enter LEARNER --reference {plain(pack.title)}"))


def _lines(pack: "Pack") -> Iterator[tuple[str, str]]:
    facts = pack.facts
    counts = f"{facts.ratings:,} ratings, {facts.users:,} users, {facts.items:,} items"
    said = {
        "data set": facts.dataset,
        "edition": facts.edition,
        "size": counts if facts.ratings else "",
        "how to get it": facts.obtain,
        "licence of the data": facts.licence,
        "protocol": f"{facts.protocol}, version {facts.protocol_version}",
        "scenarios": ", ".join(facts.scenarios),
        "shots": ", ".join(map(str, facts.shots)),
        "seeds": f"{len(facts.seeds)}: {listed(facts.seeds, 6)}",
        "coldbench": f"{', '.join(facts.versions)}, revision {', '.join(facts.revisions)}"
        + (" (with uncommitted changes)" if facts.dirty else ""),
        "machine": "; ".join(facts.machines),
        "made": facts.created,
        "fingerprint of the data": facts.dataset_sha256,
        "of their ratings": facts.rows_sha256,
        "of their content": facts.content_sha256,
        "file": f"{pack.path} (sha256 {pack.sha256})",
    }
    yield from ((key, value) for key, value in said.items() if value)
