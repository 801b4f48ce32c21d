"""The commands, one a file. They import what they need when called: `--help` answers at once."""

import click

from coldbench.commands.ablate import ablate
from coldbench.commands.check import check
from coldbench.commands.compare import compare
from coldbench.commands.data import data
from coldbench.commands.doctor import doctor
from coldbench.commands.evidence import evidence
from coldbench.commands.merge import merge
from coldbench.commands.names import list_
from coldbench.commands.new import new
from coldbench.commands.power import power
from coldbench.commands.report import report
from coldbench.commands.run import run
from coldbench.commands.tune import tune
from coldbench.commands.verify import verify

__all__ = ["COMMANDS"]

COMMANDS: tuple[click.Command, ...] = (
    run, ablate, tune, report, compare, power, evidence, verify, merge, check, new, doctor, list_,
    data,
)  # fmt: skip
