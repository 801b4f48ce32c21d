"""The same bits twice on a GPU, where sums are otherwise taken in the order that happens."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import torch

__all__ = ["repeatable"]

WORKSPACE = ":4096:8"  # one that cuBLAS documents as repeatable


@contextlib.contextmanager
def repeatable(device: str) -> Iterator[None]:
    """On a GPU torch takes its repeatable algorithms, and raises RuntimeError for an operation
    that has none; nothing changes on a processor."""
    if torch.device(device).type != "cuda":
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", WORKSPACE)  # read at the first product
    before = torch.are_deterministic_algorithms_enabled()
    warned = torch.is_deterministic_algorithms_warn_only_enabled()
    guard: Any = torch.utils.deterministic
    filled = guard.fill_uninitialized_memory
    try:
        torch.use_deterministic_algorithms(True)
        guard.fill_uninitialized_memory = False  # it costs a pass
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warned)
        guard.fill_uninitialized_memory = filled
