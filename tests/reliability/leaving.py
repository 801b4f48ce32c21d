"""`python -m tests.reliability.leaving COMMAND ... -- COMMAND ...`: run commands, one after the
other, and tell what still lives after each.

A line of JSON a command on the standard error: its exit status, Python threads, native threads that
it started, and child processes, all when it has nothing left to do but leave.
"""

import json
import multiprocessing
import os
import sys
import threading
from importlib import import_module

from coldbench.cli.main import main

# Imported first: the threads that libraries start on import sleep, and end with the process.
LIBRARIES = (
    "coldbench.running.backends.work", "coldbench.cli.doctor", "coldbench.report", "pebble",
    "pyarrow.parquet", "scipy.linalg",
)  # fmt: skip


def native() -> set[str]:
    return set(os.listdir("/proc/self/task"))


def left_by(words: list[str]) -> dict[str, object]:
    sys.argv = ["coldbench", *words]
    before, status = native(), None
    try:
        main()
    except SystemExit as done:
        status = done.code
    return {
        "status": status or 0,
        "python": threading.active_count() - 1,
        "native": len(native() - before),
        "processes": len(multiprocessing.active_children()),
    }


if __name__ == "__main__":
    for library in LIBRARIES:
        import_module(library)
    for words in " ".join(sys.argv[1:]).split(" -- "):
        print(json.dumps(left_by(words.split())), file=sys.stderr)
