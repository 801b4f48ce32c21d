"""The command line. Imports are inside the commands: `coldbench --help` answers at once."""

import signal
import sys
from pathlib import Path
from typing import Any

import click

from coldbench.errors import ColdbenchError

__all__ = ["main"]

MARKS = {"ok": "ok", "note": "! ", "problem": "X "}
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Group(click.Group):
    """A group that suggests the nearest command."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from coldbench.errors import unknown

            raise click.UsageError(str(unknown("command", args[0], self.commands)), ctx) from error


@click.group(cls=_Group, context_settings=CONTEXT)
@click.version_option(package_name="coldbench")
def cli() -> None:
    """How well do cold-start recommenders predict, and how far can one run be trusted?

    Start with `coldbench run --models mamo,melu --seeds 10`, then `coldbench report`.
    """


def _names(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str] | None:
    return None if value is None else [name.strip() for name in value.split(",") if name.strip()]


def _numbers(ctx: click.Context, param: click.Parameter, value: str | None) -> list[int] | None:
    names = _names(ctx, param, value)
    try:
        return None if names is None else [int(name) for name in names]
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a list of whole numbers") from None


def _seeds(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:
    numbers = _numbers(ctx, param, value)
    listed = value is not None and "," in value
    return numbers if numbers is None or listed or len(numbers) != 1 else numbers[0]


def _shard(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int]:
    part, slash, parts = (value or "1/1").partition("/")
    if not (slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise click.BadParameter(f"{value!r}: write K/N with K from 1 to N, such as 3/10")
    return int(part), int(parts)


def _settings(texts: tuple[str, ...], scheduler: str | None) -> dict[str, str]:
    """`NAME=VALUE` texts, and the scheduler's address among them."""
    found = {} if scheduler is None else {"scheduler": scheduler}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{text!r}: write it as NAME=VALUE", param_hint="--engine")
        found[name] = value
    return found


@cli.command()
@click.option("--models", "-m", callback=_names, help="Learners, separated by commas.")
@click.option("--seeds", "-s", callback=_seeds, help="How many (10: seeds 0 to 9), or which: 3,7,")
@click.option("--design", help="How the seeds move: joint (default), sources, cross:init,split.")
@click.option("--dataset", "-d", help="A name of `coldbench list datasets`, or a folder.")
@click.option("--protocol", "-p", help="A name of `coldbench list protocols`.")
@click.option("--scenarios", callback=_names, help="Of W-W,W-C,C-W,C-C (users-items).")
@click.option("--shots", callback=_numbers, help="Also predict with so many support ratings: 0,1,5")
@click.option("--config", "-c", type=click.Path(path_type=Path), help="A YAML file; options win.")
@click.option(
    "--set",
    "assign",
    multiple=True,
    metavar="LEARNER.OPTION=VALUE",
    help="An option of a learner; also dataset.OPTION and protocol.OPTION. Repeatable.",
)
@click.option("--out", "-o", type=click.Path(path_type=Path), help="The study's folder.")
@click.option("--workers", "-w", type=click.IntRange(1), help="Processes; default: one a core.")
@click.option("--backend", help="Where jobs run: processes (default), serial, dask, submitit.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786.")
@click.option(
    "--engine",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the backend: tls_ca=FILE, slurm_partition=NAME. Repeatable.",
)
@click.option("--shard", callback=_shard, metavar="K/N", help="Only part K of N; see `merge`.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds a job may take.")
@click.option("--retry-failed", is_flag=True, help="Try runs again that did not finish.")
@click.option(
    "--refit/--no-refit",
    default=None,
    help="Train again on all training ratings after choosing the number of epochs.",
)
@click.option("--device", help="cpu (default) or cuda.")
@click.option("--dry-run", is_flag=True, help="List the jobs and estimate the time; run nothing.")
@click.option("--resume", is_flag=True, help="The default: finished runs are never repeated.")
def run(
    assign: tuple[str, ...], config: Path | None, workers: int | None, backend: str | None,
    scheduler: str | None, engine: tuple[str, ...], shard: tuple[int, int],
    timeout: float | None, retry_failed: bool, dry_run: bool, resume: bool, **given: Any,
) -> None:  # fmt: skip
    """Train and test learners over seeds; stores every run in the study's folder."""
    from coldbench.drive import drive
    from coldbench.options import parse_assignments
    from coldbench.plan import read_config
    from coldbench.terminal import Display, print_plan, print_study

    options = parse_assignments(assign)
    given["dataset_options"] = options.pop("dataset", None)
    given["protocol_options"] = options.pop("protocol", None)
    given["options"] = options or None
    study_config = read_config(config, {k: v for k, v in given.items() if v is not None})
    if dry_run:
        print_plan(study_config, workers)
        return
    settings = _settings(engine, scheduler)
    backend = backend or ("dask" if scheduler else None)
    with Display() as display:
        study = drive(
            study_config, workers, backend, timeout, retry_failed, display.progress, shard, settings
        )
    failed = print_study(study, display.failures)
    if failed:
        sys.exit(3)


@cli.command()
@click.argument("study", required=False, type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), help="Folder; default: the study's.")
@click.option("--format", "form", help="Print one table only: latex, markdown, csv or html.")
@click.option("--table", default="main", show_default=True, help="Which one, with --format.")
def report(study: Path | None, out: Path | None, form: str | None, table: str) -> None:
    """Tables, plots and verdicts of a study (default: the latest under results/)."""
    from coldbench.report import write_report
    from coldbench.store import Study, latest_study
    from coldbench.terminal import print_report

    opened = Study.open(study or latest_study(Path("results")))
    if form is not None:
        from coldbench.report import render

        click.echo(render(opened, form, table), nl=False)
        return
    print_report(opened, write_report(opened, out or opened.path))


@cli.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--replay", type=click.IntRange(1), metavar="K", help="Run K stored jobs again.")
@click.option("--seed", default=0, show_default=True, help="Which jobs are drawn for --replay.")
@click.option("--data", "dataset", default="", help="For --replay: name or folder of the data.")
@click.option("--set", "assign", multiple=True, metavar="OPTION=VALUE", help="An option of them.")
@click.option("--workers", "-w", type=click.IntRange(1), default=1, help="Processes for --replay.")
def verify(
    study: Path, replay: int | None, seed: int, dataset: str, assign: tuple[str, ...], workers: int
) -> None:
    """Is a study whole, unedited and of one piece? And do its runs repeat, bit for bit?"""
    from coldbench.options import parse_assignments
    from coldbench.store import Study
    from coldbench.verify import replay as replay_runs
    from coldbench.verify import verify as verify_study

    verdict = verify_study(study)
    for finding in verdict.findings:
        click.echo(str(finding))
    click.echo(
        f"{verdict.stored} of {verdict.planned} planned runs, "
        f"{verdict.predictions} with predictions: {'good' if verdict.passed else 'not good'}"
    )
    again = []
    if replay is not None and verdict.intact:
        options = parse_assignments([f"dataset.{text}" for text in assign]).get("dataset", {})
        show = lambda record, same: click.echo(  # noqa: E731
            f"{record.job.learner!a} seed {record.job.seeds.label}: "
            f"{'the same, bit for bit' if same else 'NOT the same'}"
        )
        again = replay_runs(Study.open(study), replay, seed, dataset, options, show, workers)
        for finding in again:
            click.echo(str(finding))
    if again or not verdict.passed:
        sys.exit(4)


@cli.command()
@click.argument("studies", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", "-o", required=True, type=click.Path(path_type=Path), help="The whole.")
def merge(studies: tuple[Path, ...], out: Path) -> None:
    """Copy the runs of several studies of one configuration into one, after checks."""
    from coldbench.merge import merge as merge_studies

    merged, new = merge_studies(studies, out)
    stored = sum(1 for _ in merged.records())
    click.echo(f"{out}: {new} new runs, {stored} of {len(merged.manifest.jobs)} planned.")


@cli.command()
@click.argument("name")
def check(name: str) -> None:
    """Run the conformance suite on a registered learner and explain each failure."""
    from coldbench import registry
    from coldbench.conformance import CHECKS, Problem, small_ratings
    from coldbench.learner import Variant

    problem = Problem(Variant.of(registry.load("learner", name), name), small_ratings())
    faults = 0
    for test in CHECKS.values():
        try:
            test(problem)
            mark, said = "ok  ", ""
        except Exception as error:
            faults += 1
            mark, said = "FAIL", f"\n     {error if str(error) else type(error).__name__}"
        click.echo(f"{mark} {(test.__doc__ or test.__name__).strip()}{said}")
    click.echo(f"{name}: {len(CHECKS) - faults} of {len(CHECKS)} checks passed")
    if faults:
        sys.exit(3)


@cli.command()
def doctor() -> None:
    """Is this machine ready? One line a check, and what to do about each problem."""
    from coldbench.doctor import examine

    checks = []
    for check in examine():
        checks.append(check)
        advice = f"\n              -> {check.advice}" if check.advice else ""
        click.echo(f"{MARKS[check.level]} {check.name:<11} {check.found}{advice}")
    if any(check.level == "problem" for check in checks):
        sys.exit(4)


@cli.command(name="list")
@click.argument("what", type=click.Choice(["models", "datasets", "protocols", "metrics"]))
def list_(what: str) -> None:
    """What can be named: learners, data sets, protocols, metrics, and where each comes from."""
    from coldbench.terminal import print_names

    print_names(what)


@cli.group()
def data() -> None:
    """Data sets: list, download, import, and what is in one."""


@data.command(name="list")
def data_list() -> None:
    """The data sets by name."""
    from coldbench.terminal import print_names

    print_names("datasets")


@data.command(name="info")
@click.argument("name")
@click.option("--set", "assign", multiple=True, metavar="OPTION=VALUE", help="An option of it.")
def data_info(name: str, assign: tuple[str, ...]) -> None:
    """Counts, histogram, fields, licence and fingerprint of a data set (name or folder)."""
    from coldbench.datasets import open_dataset
    from coldbench.options import parse_assignments
    from coldbench.terminal import print_info

    options = parse_assignments([f"dataset.{text}" for text in assign]).get("dataset", {})
    print_info(open_dataset(name, options))


@data.command(name="download")
@click.argument("name")
def data_download(name: str) -> None:
    """Fetch an official archive, check it and keep it."""
    from coldbench.datasets.download import download

    click.echo(f"{name} is ready: {download(name)}")


@data.command(name="import")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
def data_import(name: str, path: Path) -> None:
    """Take an official archive or folder that you have."""
    from coldbench.datasets.importer import import_raw

    click.echo(f"{name} is ready: {import_raw(name, path)}")


def _stop(signum: int, frame: Any) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Entry point. Exit status: 0 done, 1 a bug, 2 usage, 3 some runs failed, 4 data or study."""
    signal.signal(signal.SIGTERM, _stop)
    debug = "--debug" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--debug"]
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _interrupted()
    except KeyboardInterrupt:
        _interrupted()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ColdbenchError as error:
        if debug:
            raise
        click.echo(f"coldbench: {error}", err=True)
        sys.exit(error.status)


def _interrupted() -> None:
    click.echo("\nStopped. Finished runs are kept: the same command goes on from here.", err=True)
    sys.exit(130)
