"""`coldbench run --again`: learners of a stored study run again, after an edit of their code."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import write_json

__all__ = ["carry_out_again"]

WITH = ("dataset_options", "options")  # of a study's keys; and how jobs are run
HOW = (
    "workers", "backend", "scheduler", "engine", "shard", "timeout", "track", "no_check", "dry_run",
    "retry_failed", "out", "dataset", "quiet", "as_json",
)  # fmt: skip
SWITCHES = ("refit", "yardsticks")  # which say something when they are False


def carry_out_again(names: list[str], overrides: Mapping[str, Any], **given: Any) -> None:
    """Run learners of the study in `out` again, all settings being those of the study."""
    from coldbench.cli.facts.rehearsal import rehearsed_again
    from coldbench.cli.facts.runs import has_failed, outcome
    from coldbench.cli.terminal import Display, print_plan, print_study, progress_console
    from coldbench.study import How, open_tracker, run_again

    out = _checked(overrides, given)
    backend = given["backend"] or ("dask" if given["scheduler"] else None)
    how = How(
        given["workers"], backend, given["timeout"], True, given["shard"],
        parse.settings(given["engine"], given["scheduler"]), not given["no_check"],
    )  # fmt: skip
    tracker = open_tracker(given["track"]) if given["track"] else None
    options = overrides["options"]
    data = given["dataset"] or "", overrides["dataset_options"]
    quiet, as_json = given["quiet"], given["as_json"]
    if given["dry_run"]:
        facts = rehearsed_again(out, names, how, options, *data)
        write_json(facts) if as_json else print_plan(facts)
        return
    shown = progress_console(quiet, as_json)
    with Display(shown, track=tracker.log if tracker else None) as display:
        study = run_again(out, names, options, how, display.progress, *data)
    if as_json:
        write_json(outcome(study))
    else:
        print_study(study, quiet)
    if has_failed((*study.records(), *display.failures)):
        sys.exit(3)


def _checked(overrides: Mapping[str, Any], given: Mapping[str, Any]) -> Path:
    """The study's folder; refuses what would make another study of it."""
    from coldbench.errors import UsageError

    stray = [key for key, value in overrides.items() if value is not None and key not in WITH]
    stray += [key for key, value in given.items() if _is_said(key, value) and key not in HOW]
    if stray:
        flag = {"protocol_options": "set protocol."}.get(stray[0], stray[0].replace("_", "-"))
        raise UsageError(
            f"--again takes its settings from the study in --out, without --{flag}; only options "
            "of the learners themselves can be --set"
        )
    if given["out"] is None:
        raise UsageError("--again runs learners of a stored study again: say which, with --out")
    return Path(given["out"])


def _is_said(key: str, value: Any) -> bool:
    return bool(value) or (key in SWITCHES and value is not None)
