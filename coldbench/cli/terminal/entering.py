"""An entry to a reference pack, after the report: sentinel, audit, seeds, budget."""

from collections.abc import Iterator

from rich.text import Text

from coldbench.cli.terminal.screen import open_console
from coldbench.league import Asked, Entry, reach_sentence
from coldbench.report.topics.entry import in_words
from coldbench.text import display_name, plain

__all__ = ["print_entry"]


def print_entry(entry: Entry, asked: Asked) -> None:
    """A sentence each; what is wrong in red."""
    console = open_console()
    for text in _lines(entry, asked):
        console.print(Text(plain(text)), soft_wrap=True)
    if entry.facts.status == "leaks":
        console.print(Text(plain(_leaks(entry)), style="red"), soft_wrap=True)


def _lines(entry: Entry, asked: Asked) -> Iterator[str]:
    facts = entry.facts
    if facts.agreement:
        yield f"Sentinel: {facts.sentinel} {in_words(facts.agreement)}."
    if facts.scale is not None:
        yield f"Seconds here count {facts.scale:.2f} times, by the sentinel's runs there and here."
    if facts.lite and entry.study is not None:
        yield reach_sentence(entry.study, facts)
    if asked.pack.facts.tuned and not facts.tuned:
        yield (
            f"The learners of {facts.pack} were tuned, {facts.learner} ran at its defaults: "
            f"`coldbench tune --models {facts.learner}` finds options under the same budget, and "
            "--config tuning/tuned.yaml enters with them (with another --out)."
        )


def _leaks(entry: Entry) -> str:
    facts = entry.facts
    return (
        f"{display_name(facts.learner)} leaks: {facts.leaks[0]}. It is not joined with "
        f"{facts.pack}; its own runs are in {entry.own.path}. Mend it, then enter it again with "
        "another --out."
    )
