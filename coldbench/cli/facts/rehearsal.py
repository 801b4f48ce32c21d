"""A run that only is rehearsed: all that would refuse it does, in the same order; nothing runs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coldbench.running import Job
    from coldbench.study import How, Study, StudyConfig

__all__ = ["rehearsed", "rehearsed_again"]


def rehearsed(config: "StudyConfig", how: "How") -> dict[str, Any]:
    """The jobs of a study and how long they may take."""
    from coldbench.study import Progress, Study, expanded, rehearse, start_of, todo

    warnings: list[str] = []
    said: list[str] = []
    progress = Progress(warned=warnings.extend, stated=said.extend, noted=said.extend)
    start = start_of(config, how, progress)
    rehearse(start.folder, start.manifest, how)
    study = Study(start.folder)
    pending = todo(study, start.jobs, how.retry_failed)
    left_out = {one.label: one.left_out for one in expanded(config).departures if one.left_out}
    told = {"left_out": left_out, "statements": said, "warnings": warnings}
    return {**_planned(study, start.jobs, pending, how), **told}


def rehearsed_again(out: Path, names: list[str], how: "How", *asked: Any) -> dict[str, Any]:
    """The same of learners that run again; asked: as in `ready_again`, without its progress."""
    from coldbench.study import Progress, ready_again, rehearse

    options, *data = asked
    said: list[str] = []
    progress = Progress(noted=said.extend)
    study, again, _ = ready_again(out, names, options, how, progress, *data)
    rehearse(out, None, how)
    told = {"left_out": {}, "statements": [*said, *again.moved], "warnings": []}
    return {**_planned(study, again.jobs(), again.pending(), how), **told}


def _planned(
    study: "Study", jobs: Sequence["Job"], pending: Sequence["Job"], how: "How"
) -> dict[str, Any]:
    from coldbench.study import estimate

    probes = estimate(pending)
    count = min(how.workers or os.cpu_count() or 1, max(len(pending), 1))
    return {
        "study": study.path,
        "runs": len(jobs),
        "stored": len(jobs) - len(pending),
        "workers": count,
        "seconds": sum(probe.seconds * probe.jobs for probe in probes) / count,
        "learners": [
            {
                "learner": probe.learner,
                "runs": probe.jobs,
                "epochs": probe.epochs,
                "seconds": probe.seconds,
                "problem": probe.problem,
            }
            for probe in probes
        ],
    }
