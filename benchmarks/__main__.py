"""python -m benchmarks [--only NAME] [--json FILE] [--quick] [--long] [--dataset PATH]"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from benchmarks import program
from benchmarks.contests import CONTESTS
from benchmarks.data import data
from benchmarks.league import league
from benchmarks.line import Line, show
from benchmarks.machine import facts, load
from benchmarks.options import Options
from benchmarks.scale import scale
from benchmarks.study import study
from coldbench.errors import ColdbenchError, unknown

Benchmark = Callable[[Options], Iterator[Line]]
SHORT: dict[str, Benchmark] = {
    **{contest.name: contest for contest in CONTESTS},
    "data": data,
    "start": program.start,
    "report": program.report,
}
LONG: dict[str, Benchmark] = {"study": study, "scale": scale, "league": league}


def chosen(only: str | None, long: bool) -> dict[str, Benchmark]:
    """The benchmarks called `only`, or whose name starts so; else all, long ones if wanted."""
    every = {**SHORT, **LONG}
    if only is None:
        return every if long else SHORT
    matching = {
        name: run for name, run in every.items() for o in only.split(",") if name.startswith(o)
    }
    if not matching:
        raise unknown("benchmark", only, list(every))
    return matching


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description=f"{', '.join(SHORT)}; "
        f"with --long also {', '.join(LONG)}")  # fmt: skip
    parser.add_argument("--only", metavar="NAME", help="one of them, or how several begin")
    parser.add_argument("--json", type=Path, metavar="FILE", help="figures and machine")
    parser.add_argument("--quick", action="store_true", help="smallest sizes: shows that it works")
    parser.add_argument("--long", action="store_true", help="also those that take many minutes")
    parser.add_argument("--dataset", default="synthetic", help="a name or folder, such as ml-1m")
    parser.add_argument("--users", type=int, default=512, help="that train (512)")
    parser.add_argument("--repeats", type=int, default=7, help="turns (7)")
    return parser.parse_args()


def main() -> None:
    arguments = parsed()
    options = Options(arguments.dataset, arguments.users, arguments.repeats)
    if arguments.quick:
        options = Options(arguments.dataset, min(arguments.users, 16), 1, quick=True)
    torch.set_num_threads(1)
    machine = {**facts(), "options": vars(arguments) | {"json": None}}
    if load() > 0.3 * (os.cpu_count() or 1):
        print(f"this machine is busy (load {load():.1f}): figures will be too low", file=sys.stderr)
    lines: list[Line] = []
    try:
        for name, run in chosen(arguments.only, arguments.long).items():
            print(f"{name} ...", file=sys.stderr, flush=True)
            lines += run(options)
            if arguments.json:  # after each, and the table whatever happens: hours must not be lost
                results = {"machine": machine, "figures": [line.record() for line in lines]}
                arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    finally:
        show(lines)


if __name__ == "__main__":
    try:
        main()
    except ColdbenchError as error:
        sys.exit(f"Error: {error}")
