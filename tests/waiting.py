"""Waiting for events: on a busy machine everything takes longer, so only what hangs is late."""

import os
import time
from collections.abc import Callable

__all__ = ["HANG", "SOON", "over", "until"]

HANG = 1800.0  # seconds; whatever works is done by then, on any machine
SOON = 5.0  # seconds in which a command stops on a quiet machine


def until(event: Callable[[], bool]) -> float:
    """Waits for the event; the seconds it took."""
    begin = time.monotonic()
    while not event():
        assert time.monotonic() - begin < HANG, "it hangs"
        time.sleep(0.01)
    return time.monotonic() - begin


def over(group: int) -> bool:
    """Whether no process of a process group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False
