"""What a learner sets for its whole process ends with its run: the next one there is another's."""

import contextlib
import gc
import io
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from coldbench.rng import Seeds, global_generators

__all__ = ["confined"]


@contextlib.contextmanager
def confined(seeds: Seeds, log: io.StringIO) -> Iterator[None]:
    """One thread, captured output, and global generators that start from the init stream; torch,
    NumPy, signals and surroundings are as they were afterwards."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_surroundings())
        stack.enter_context(_torch())
        stack.enter_context(_signals())
        stack.enter_context(global_generators(seeds.init))
        stack.enter_context(threadpool_limits(1))
        stack.enter_context(np.errstate())
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(contextlib.redirect_stdout(log))
        stack.enter_context(contextlib.redirect_stderr(log))
        torch.set_num_threads(1)
        yield


@contextlib.contextmanager
def _torch() -> Iterator[None]:
    threads, dtype, device = (
        torch.get_num_threads(), torch.get_default_dtype(), torch.get_default_device(),
    )  # fmt: skip
    precision, checks = torch.get_float32_matmul_precision(), torch.is_anomaly_enabled()
    try:
        with torch.enable_grad():
            yield
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(dtype)
        if torch.get_default_device() != device:
            torch.set_default_device(device)
        torch.set_float32_matmul_precision(precision)
        torch.set_anomaly_enabled(checks)
        torch.set_flush_denormal(False)


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Handlers belong to the main thread; elsewhere nobody can set one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.getsignal(one) for one in signal.valid_signals()}
    try:
        yield
    finally:
        for name in ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF"):  # none on Windows
            if hasattr(signal, name):
                signal.setitimer(getattr(signal, name), 0)
        for one, handler in before.items():
            if handler is not None and signal.getsignal(one) is not handler:
                signal.signal(one, handler)


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    variables, folder, depth = dict(os.environ), _folder(), sys.getrecursionlimit()
    collects = gc.isenabled()
    try:
        yield
    finally:
        for name in os.environ.keys() - variables.keys():
            del os.environ[name]
        os.environ.update({k: v for k, v in variables.items() if os.environ.get(k) != v})
        if folder and folder != _folder():
            os.chdir(folder)
        sys.setrecursionlimit(depth)
        (gc.enable if collects else gc.disable)()


def _folder() -> str:
    """The working folder; empty where somebody removed it."""
    try:
        return os.getcwd()
    except OSError:
        return ""
