"""`coldbench doctor`: is this machine ready?"""

import sys

import click

from coldbench.cli.commands.output import json_option, write_json

MARKS = {"ok": "ok", "note": "! ", "problem": "X "}

__all__ = ["doctor"]


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check that this machine is ready, and say what to do about each problem."""
    from coldbench.cli.doctor import examine

    checks = []
    for check in examine():
        checks.append(check)
        if not as_json:
            advice = f"\n              -> {check.advice}" if check.advice else ""
            click.echo(f"{MARKS[check.level]} {check.name:<11} {check.observed}{advice}")
    if as_json:
        write_json({"checks": checks})
    if any(check.level == "problem" for check in checks):
        sys.exit(4)
