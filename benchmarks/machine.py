"""Facts of this machine, and the most that its matrix products reach on one thread."""

import math
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.clock import busy
from coldbench.running import provenance

__all__ = ["bmm_rate", "counter", "facts", "gemm_rate", "load"]

ENOUGH = 2e8  # FLOPs in one timing, several milliseconds
Shape = Sequence[int]
aten = torch.ops.aten


def facts() -> dict[str, Any]:
    """What a reader must know to judge the figures."""
    recorded = {k: v for k, v in provenance("melu").items() if k not in ("plugin", "environment")}
    return {
        **recorded,
        "processor": _processor(),
        "torch_threads": torch.get_num_threads(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "load_at_start": load(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def load() -> float:
    """Processes that want to run, averaged over a minute; nan where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def gemm_rate(size: int = 1024) -> float:
    """GFLOP a second of one product of two square matrices."""
    x, y = torch.randn(2, size, size)
    return _rate(lambda: torch.mm(x, y), 2 * size**3)


def bmm_rate(tasks: int, cells: int, size: int) -> float:
    """GFLOP a second of [tasks, cells, size] x [tasks, size, size]: a layer of all tasks."""
    x, w = torch.randn(tasks, cells, size), torch.randn(tasks, size, size)
    return _rate(lambda: torch.bmm(x, w), 2 * tasks * cells * size**2)


def _rate(product: Any, flops: float) -> float:
    count = max(round(ENOUGH / flops), 1)
    best = min(busy(lambda: [product() for _ in range(count)]) for _ in range(10))
    return count * flops / best / 1e9


def counter() -> FlopCounterMode:
    """Counts 2 x multiply-adds of every matrix product, from its shapes; also products in place,
    which torch's own list leaves out."""
    in_place = {aten.baddbmm_: _product, aten.addmm_: _product}
    return FlopCounterMode(display=False, custom_mapping=in_place)


def _product(_added: Shape, x: Shape, w: Shape, out_shape: Shape, **_factors: float) -> int:
    """[..., n, k] x [..., k, m]."""
    return 2 * math.prod(x) * w[-1]
