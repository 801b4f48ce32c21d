"""The tests at each instruction level that this processor has, and once with two torch threads.

    python -m tests.portable [--levels avx2,...] [pytest's arguments]

Each library adds up in another order at another level: torch, MKL, oneDNN, NumPy, OpenBLAS and the
C library are held to it by environment variables, which child processes inherit. One thread at
each level, two at the highest; `--levels second` is the level below the highest alone. Ends with
status 1 when a run fails.
"""

import argparse
import os
import platform
import subprocess
import sys
import time

import numpy as np
import torch

LEVELS = ("default", "avx2", "avx512")
HELD: dict[str, dict[str, str]] = {
    "default": {
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Nehalem",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F",
    },
    "avx2": {
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F",
    },
}


def available() -> list[str]:
    """From the lowest to the one that torch uses here."""
    highest = torch.backends.cpu.get_cpu_capability().lower()
    if highest in LEVELS:
        return list(LEVELS[: LEVELS.index(highest) + 1])
    return ["default", highest]


def environment(level: str, threads: int) -> dict[str, str]:
    """Variables that hold every library to a level; none of them at the highest."""
    held = {"COLDBENCH_TEST_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE"}
    if level != available()[-1]:
        held["ATEN_CPU_CAPABILITY"] = level
        if platform.machine().lower() in ("x86_64", "amd64"):
            held |= HELD[level] | {"NPY_DISABLE_CPU_FEATURES": " ".join(beyond(level))}
    return held


def beyond(level: str) -> list[str]:
    """NumPy's names of what this processor has and the level has not."""
    features: list[str] = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])  # type: ignore[call-overload]
    if level == "default":
        return features
    return [name for name in features if "AVX512" in name or name == "X86_V4"]


def chosen(asked: str) -> list[tuple[str, int]]:
    """Levels with numbers of threads; says which levels are left out."""
    here = available()
    missing = [level for level in LEVELS if level not in here]
    print(f"levels here: {', '.join(here)}; skipped, not here: {', '.join(missing) or 'none'}")
    if asked == "second":
        return [(level, 1) for level in here[:-1][-1:]]
    if asked:
        return [(level, 1) for level in asked.split(",") if level in here]
    return [*((level, 1) for level in here), (here[-1], 2)]


def ran(level: str, threads: int, arguments: list[str]) -> bool:
    """One run of the tests; prints a line with its counts, all of its output when it fails."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-q", *arguments],
        env={**os.environ, **environment(level, threads)},
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    counts = done.stdout.strip().splitlines()[-1:] or ["no output"]
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n")
    word = f"FAILED with status {done.returncode}" if done.returncode else "ok"
    seconds = time.monotonic() - start
    print(
        f"{level}, {threads} thread(s): {word}: {counts[0].strip('= ')} [{seconds:.0f} s]",
        flush=True,
    )
    return not done.returncode


def main() -> None:
    parser = argparse.ArgumentParser(description="tests at each instruction level")
    parser.add_argument("--levels", default="", help="comma between; `second`; default: all")
    known, arguments = parser.parse_known_args()
    runs = chosen(known.levels)
    if not runs:
        print("no such level here: nothing to run")
    outcomes = [ran(level, threads, arguments) for level, threads in runs]
    sys.exit(not all(outcomes))


if __name__ == "__main__":
    main()
