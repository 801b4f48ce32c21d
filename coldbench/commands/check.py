"""`coldbench check`: the conformance suite on a plugin."""

import sys

import click

__all__ = ["check"]


@click.command()
@click.argument("name")
def check(name: str) -> None:
    """Run the conformance suite on a registered learner and explain each failure."""
    import torch

    from coldbench import registry
    from coldbench.conformance import CHECKS, Problem, small_ratings
    from coldbench.learner import Variant

    torch.set_num_threads(1)
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
