"""What a worker process does first."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess

__all__ = ["start_worker"]


def start_worker() -> None:
    """Leave Ctrl-C to the driver, and end with it even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    driver = multiprocessing.parent_process()
    if driver is not None:
        threading.Thread(target=_end_with, args=(driver,), daemon=True).start()


def _end_with(driver: BaseProcess) -> None:
    driver.join()
    os._exit(1)
