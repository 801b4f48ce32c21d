"""python -m benchmarks.gpu --device cuda --dataset ml-1m --out FOLDER --budget SECONDS

First what is timed, with the GPU to itself: `speed` and `seeds`; beside it the CPU's speed, on
cores of its own. Then, side by side: `syncs`, `conformance`, and one seed of every neural learner
on the GPU and on the CPU, there also with noise in the last bit (`runs`). FOLDER gets a file of
JSON lines for each part, filled as results come, and summary.md.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from benchmarks.gpu.given import neural
from benchmarks.gpu.lanes import Lane, Work, drive
from benchmarks.gpu.runs import one_run
from benchmarks.gpu.seeds import SEEDED, seed_axis
from benchmarks.gpu.sheet import Sheet
from benchmarks.gpu.speed import LEARNERS, speed
from benchmarks.gpu.suite import suite
from benchmarks.gpu.summary import summary
from benchmarks.gpu.syncs import syncs
from benchmarks.machine import facts
from coldbench import registry
from coldbench.data import open_dataset

PARTS = ("speed", "seeds", "syncs", "conformance", "runs")
FULL = {"sizes": (64, 256, 1024), "seeds": (1, 4, 10), "users": 2048, "options": {}}
QUICK = {"sizes": (8,), "seeds": (1, 2), "users": 32, "options": {"epochs": 2}}


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.gpu")
    parser.add_argument("--device", default="cuda", help="cuda (default), or cpu to try the script")
    parser.add_argument("--dataset", default="ml-1m", help="a name or folder (ml-1m)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--budget", type=float, default=500, help="seconds in all (500)")
    parser.add_argument("--parts", default=",".join(PARTS), help="some of them, with commas")
    parser.add_argument("--learners", default="", help="some of them, with commas")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--quick", action="store_true", help="smallest sizes: shows that it works")
    return parser.parse_args(arguments)


class Script:
    """The parts, from what was asked."""

    def __init__(self, asked: argparse.Namespace, folder: str) -> None:
        self.asked, self.folder, self.parts = asked, folder, asked.parts.split(",")
        self.size: dict[str, Any] = QUICK if asked.quick else FULL
        self.deadline = time.monotonic() + asked.budget
        asked.out.mkdir(parents=True, exist_ok=True)
        self.sheets = {part: Sheet(asked.out / f"{part}.jsonl") for part in self.parts}
        self.names = asked.learners.split(",") if asked.learners else neural()

    def run(self) -> None:
        """All parts; whatever happens, a summary of what is known."""
        try:
            drive(self.timed(), self.deadline)
            drive(self.shared(), self.deadline)
        finally:
            known = f"{json.dumps(machine(self.asked.device))}\n\n"
            compared = known + summary(self.sheets, self.folder, self.asked.device)
            (self.asked.out / "summary.md").write_text(compared, "utf-8")
            print(compared, end="")

    def timed(self) -> list[Lane]:
        """The GPU alone with one process, the CPU's speed beside it."""
        device, lanes = self.asked.device, list[Lane]()
        names = [name for name in LEARNERS if name in self.names]
        works = self.works("speed", speed, names, device, self.size["users"], self.size["sizes"])
        seeded = [name for name in SEEDED if name in self.names]
        rest = self.size["users"], self.size["seeds"]
        works += self.works("seeds", seed_axis, seeded, device, *rest)
        lanes.append(Lane(works, 1))
        if device != "cpu":
            works = self.works("speed", speed, names, "cpu", self.size["users"], self.size["sizes"])
            lanes.append(Lane(works, max(self.asked.cores // 5, 1)))
        return lanes

    def shared(self) -> list[Callable[[float], None]]:
        """What may share the GPU and the cores."""
        device, third = self.asked.device, max(self.asked.cores // 3, 1)
        lanes: list[Callable[[float], None]] = []
        if device != "cpu":
            works = self.works("syncs", syncs, self.names, device, 256)
            lanes.append(Lane([*works, *self.runs(device, 0)], third, fresh=True))
        rest = third + self.asked.cores % 3
        lanes.append(Lane([*self.runs("cpu", 0), *self.runs("cpu", 1)], rest))
        if "conformance" in self.parts:
            others = [n for n in registry.names("learner") if n not in self.names]
            names = self.names if self.asked.learners else [*self.names, *others]
            log, sheet = self.asked.out / "conformance.txt", self.sheets["conformance"]
            lanes.append(partial(suite, device, names, third, log, sheet))
        return lanes

    def runs(self, device: str, rounding: int) -> list[Work]:
        works = self.works("runs", one_run, self.names, device, rounding, self.folder,
                           self.size["options"])  # fmt: skip
        return [replace(work, label={**work.label, "rounding": rounding}) for work in works]

    def works(
        self, part: str, function: Any, names: Iterable[str], device: str, *rest: Any
    ) -> list[Work]:
        """Of one part, a learner each; none where it was not asked for."""
        if part not in self.parts:
            return []
        given, sheet = self.asked.dataset, self.sheets[part]
        return [
            Work(function, (given, n, device, *rest), {"learner": n, "device": device}, sheet)
            for n in names
        ]


def main(arguments: list[str] | None = None) -> None:
    asked = parsed(arguments)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    open_dataset(asked.dataset)  # prepared once, before many processes ask for it
    with TemporaryDirectory() as folder:
        Script(asked, folder).run()


def machine(device: str) -> dict[str, Any]:
    """Facts of the machine and its GPU."""
    if device == "cpu" or not torch.cuda.is_available():
        return facts()
    return {**facts(), "gpu": torch.cuda.get_device_name(device), "cuda": torch.version.cuda}


if __name__ == "__main__":
    main()
