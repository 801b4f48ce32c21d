"""The commands, one a file. They import what they need when called: `--help` answers at once."""

import click

from coldbench.cli.commands.ablate import ablate
from coldbench.cli.commands.audit import audit
from coldbench.cli.commands.check import check
from coldbench.cli.commands.cite import cite
from coldbench.cli.commands.compare import compare
from coldbench.cli.commands.data import data
from coldbench.cli.commands.describe import describe
from coldbench.cli.commands.doctor import doctor
from coldbench.cli.commands.enter import enter
from coldbench.cli.commands.evidence import evidence
from coldbench.cli.commands.export import export
from coldbench.cli.commands.merge import merge
from coldbench.cli.commands.methods import methods
from coldbench.cli.commands.names import list_
from coldbench.cli.commands.new import new
from coldbench.cli.commands.pack import pack
from coldbench.cli.commands.power import power
from coldbench.cli.commands.predict import predict
from coldbench.cli.commands.reference import reference
from coldbench.cli.commands.remove import remove
from coldbench.cli.commands.report import report
from coldbench.cli.commands.review import review
from coldbench.cli.commands.run import run
from coldbench.cli.commands.show import show
from coldbench.cli.commands.site import site
from coldbench.cli.commands.studies import studies
from coldbench.cli.commands.train import train
from coldbench.cli.commands.tune import tune
from coldbench.cli.commands.verify import verify

__all__ = ["COMMANDS"]

COMMANDS: tuple[click.Command, ...] = (
    run, ablate, tune, report, site, methods, cite, compare, power, evidence, verify, audit, merge,
    remove, pack, train, predict, export, check, new, doctor, list_, describe, studies, show, data,
    reference, enter, review,
)  # fmt: skip
