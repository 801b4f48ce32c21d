"""Carrying out what `run` and `ablate` ask for, one study or several, and telling what came out."""

from collections.abc import Callable
from functools import partial

from coldbench.cli.commands.output import write_json
from coldbench.cli.facts.rehearsal import rehearsed
from coldbench.cli.facts.runs import has_failed, outcome
from coldbench.cli.several import Configs, rehearsed_all, run_all
from coldbench.cli.terminal import (
    Display,
    print_each_study,
    print_left_out,
    print_plan,
    print_plans,
    print_study,
    progress_console,
)
from coldbench.league import Parts
from coldbench.report import run_until_settled
from coldbench.running import RunRecord
from coldbench.study import How, Progress, Study, StudyConfig, run_study

__all__ = ["rehearse", "run"]

Track = Callable[[RunRecord], None]


def rehearse(parts: Parts | None, configs: Configs, how: How, as_json: bool) -> None:
    """Tell what would run, and for how long."""
    if parts is None:
        facts = rehearsed(configs[""], how)
        write_json(facts) if as_json else print_plan(facts)
        return
    every = rehearsed_all(parts.folder, configs, how)
    write_json(every) if as_json else print_plans(every)


def run(
    parts: Parts | None, configs: Configs, how: How, track: Track | None, quiet: bool, as_json: bool
) -> bool:  # fmt: skip
    """Run and tell; returns whether a run failed."""
    shown = progress_console(quiet, as_json)
    for config in configs.values():
        print_left_out(config, shown)
    with Display(shown, track=track) as display:
        start = partial(_study, how, display.progress)
        if parts is None:
            studies = {"": start(configs[""])}
        else:
            studies = run_all(configs, how, display.announce, start)
    _tell(parts, studies, quiet, as_json)
    every = (record for study in studies.values() for record in study.records())
    return has_failed((*every, *display.failures))


def _study(how: How, progress: Progress, config: StudyConfig) -> Study:
    """Until it is settled, where it has looks."""

    def start(config: StudyConfig) -> Study:
        return run_study(
            config, how.workers, how.backend, how.timeout, how.retry_failed, progress, how.shard,
            how.engine, check=how.check,
        )  # fmt: skip

    return run_until_settled(config, start) if config.looks else start(config)


def _tell(parts: Parts | None, studies: dict[str, Study], quiet: bool, as_json: bool) -> None:
    if parts is None:
        study = studies[""]
        write_json(outcome(study)) if as_json else print_study(study, quiet)
    elif as_json:
        every = {name: outcome(study) for name, study in studies.items()}
        write_json({"folder": parts.folder, "studies": every})
    else:
        print_each_study(parts.folder, studies, quiet)
