"""`coldbench check`: the conformance suite on a plugin, each failure explained."""

import sys
from dataclasses import asdict

import click

from coldbench.cli.commands.output import json_option, write_json

__all__ = ["check"]

KINDS = ("learner", "dataset", "metric")


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[KIND] NAME")
@json_option
def check(words: tuple[str, ...], as_json: bool) -> None:
    """Run the conformance suite on a plugin and explain each failure.

    KIND (learner, dataset or metric) is needed only where a name is registered as several.
    """
    import torch

    from coldbench import registry
    from coldbench.conformance import check as run_checks
    from coldbench.conformance import kind_of

    if len(words) > 2 or (len(words) == 2 and words[0] not in KINDS):
        raise click.UsageError(f"write `coldbench check NAME` or `coldbench check KIND NAME`, "
                               f"KIND one of {', '.join(KINDS)}")  # fmt: skip
    name = words[-1]
    kind = words[0] if len(words) == 2 else kind_of(name)
    torch.set_num_threads(1)
    verdicts = []
    for verdict in run_checks(kind, name):
        if not as_json:
            click.echo(str(verdict))
        verdicts.append(verdict)
    plugin = registry.plugins(kind)[name]
    passed = sum(verdict.passed for verdict in verdicts)
    left = sum(not verdict.ran for verdict in verdicts)
    rest = f", {left} not run: fix the failure first" if left else ""
    if as_json:
        checks = [{**asdict(one), "passed": one.passed} for one in verdicts]
        package = f"{plugin.package} {plugin.version}"
        write_json({"kind": kind, "name": name, "package": package, "checks": checks})
    else:
        click.echo(
            f"{kind} {name} ({plugin.package} {plugin.version}): "
            f"{passed} of {len(verdicts)} checks passed{rest}"
        )
    if passed < len(verdicts):
        sys.exit(3)
