"""The command line: the group of all commands, and what a failure prints."""

import atexit
import gc
import signal
import sys
from typing import Any

import click

from coldbench.cli.commands import COMMANDS
from coldbench.errors import ColdbenchError

__all__ = ["main"]

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Group(click.Group):
    """A group that suggests the nearest command and says in one line what went wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ColdbenchError as error:
            if ctx.params["debug"]:
                raise
            click.echo(f"coldbench: {error}", err=True)
            sys.exit(error.status)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from coldbench.errors import unknown

            raise click.UsageError(str(unknown("command", args[0], self.commands)), ctx) from error


@click.group(cls=_Group, context_settings=CONTEXT)
@click.version_option(package_name="coldbench")
@click.option("--debug", is_flag=True, help="Show where an error came from (its traceback).")
def cli(debug: bool) -> None:
    """How well do cold-start recommenders predict, and how far can one run be trusted?

    Start with `coldbench run --models mamo,melu --seeds 10`, then `coldbench report`.
    """


for command in COMMANDS:
    cli.add_command(command)


def _stop(signum: int, frame: Any) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Entry point. Exit status: 0 done, 1 a bug, 2 usage, 3 some runs failed, 4 data or study."""
    signal.signal(signal.SIGTERM, _stop)
    atexit.register(gc.freeze)  # to leave takes a fifth of the time when torch is not searched
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _interrupted()
    except KeyboardInterrupt:
        _interrupted()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)


def _interrupted() -> None:
    click.echo("\nStopped. Finished runs are kept: the same command goes on from here.", err=True)
    sys.exit(130)
