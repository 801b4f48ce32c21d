"""`python -m tests.reliability.leaving COMMAND ...`: run a command, tell what still lives after it.

One line of JSON on the standard error: Python threads, native threads that the command started,
and child processes, all when it has nothing left to do but leave.
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


if __name__ == "__main__":
    for library in LIBRARIES:
        import_module(library)
    before = native()
    try:
        main()
    finally:
        told = {
            "python": threading.active_count() - 1,
            "native": len(native() - before),
            "processes": len(multiprocessing.active_children()),
        }
        print(json.dumps(told), file=sys.stderr)
