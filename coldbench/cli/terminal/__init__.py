"""What the command line shows: progress, summaries and lists, on a terminal or in plain lines."""

from coldbench.cli.terminal.display import Display
from coldbench.cli.terminal.names import print_info, print_names
from coldbench.cli.terminal.planned import print_left_out, print_plan
from coldbench.cli.terminal.plans import print_contrasts, print_needs
from coldbench.cli.terminal.screen import progress_console
from coldbench.cli.terminal.several import print_each_study, print_plans
from coldbench.cli.terminal.summary import print_report, print_study

__all__ = [
    "Display",
    "print_contrasts",
    "print_each_study",
    "print_info",
    "print_left_out",
    "print_names",
    "print_needs",
    "print_plan",
    "print_plans",
    "print_report",
    "print_study",
    "progress_console",
]
