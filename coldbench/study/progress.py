"""What running a study tells while it goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from coldbench.running import RunRecord
from coldbench.study.store import Study

__all__ = ["Progress"]


@dataclass
class Progress:
    """What `run_study` reports to; the defaults report to nobody.

    start(jobs to run, jobs already stored); done(record of a run just stored); changed(learners
    whose code has changed since their stored runs); warned(what may be wrong with the data);
    stated(what the protocol says that a reader of the results must know); opened(the study, before
    its first run); noted(what is good to know of learners).
    """

    start: Callable[[int, int], None] = field(default=lambda todo, stored: None)
    done: Callable[[RunRecord], None] = field(default=lambda record: None)
    changed: Callable[[list[str]], None] = field(default=lambda learners: None)
    warned: Callable[[Sequence[str]], None] = field(default=lambda warnings: None)
    stated: Callable[[Sequence[str]], None] = field(default=lambda sentences: None)
    opened: Callable[[Study], None] = field(default=lambda study: None)
    noted: Callable[[Sequence[str]], None] = field(default=lambda sentences: None)
