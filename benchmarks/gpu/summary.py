"""What a person reads: the accuracy of the GPU beside that of the CPU, and the speeds."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.gpu.lanes import results_of
from benchmarks.gpu.runs import difference, predictions_of
from benchmarks.gpu.sheet import Sheet

__all__ = ["summary"]

Row = Mapping[str, Any]


def summary(sheets: Mapping[str, Sheet], folder: str, device: str) -> str:
    """Markdown."""
    lines: list[str] = []
    if "runs" in sheets:
        lines += accuracy(sheets["runs"], folder, device)
    if "speed" in sheets:
        lines += speeds(sheets["speed"], device)
    if "seeds" in sheets:
        lines += seeds(sheets["seeds"])
    for name in ("syncs", "conformance"):
        if name in sheets:
            lines += [f"\n## {name}\n", *(str(dict(row)) for row in sheets[name].rows)]
    failed = [
        (name, row) for name, sheet in sheets.items() for row in sheet.rows if "failed" in row
    ]
    lines += ["\n## Failures\n", *(f"{name}: {dict(row)}" for name, row in failed)]
    return "\n".join(lines) + "\n"


def accuracy(sheet: Sheet, folder: str, device: str) -> Iterator[str]:
    """A row for each learner: the mean MAE of the scenarios on the GPU, on the CPU, and there with
    noise in the last bit; the mean difference of single predictions; epochs; seconds."""
    yield "## Accuracy\n"
    yield "|learner|MAE, GPU|CPU|CPU, last bit|prediction, GPU - CPU|last bit|epochs|s, GPU|s, CPU|"
    yield "|---" * 9 + "|"
    for name in dict.fromkeys(row["learner"] for row in sheet.rows):
        keys = (device, 0), ("cpu", 0), ("cpu", 1)
        found = [next(results_of(sheet, learner=name, device=d, rounding=r), None) for d, r in keys]
        files = [predictions_of(folder, name, d, r) for d, r in keys]
        cells = [*map(mean_mae, found), *(difference(f, files[1]) for f in (files[0], files[2]))]
        epochs = "/".join(str(row["epochs"]) if row else "-" for row in found)
        times = [row["fit_seconds"] if row else None for row in found[:2]]
        yield f"|{name}|{'|'.join(map(shown, cells))}|{epochs}|{'|'.join(map(shown, times))}|"


def mean_mae(row: Row | None) -> float | None:
    """The plain mean over scenarios."""
    return sum(row["mae"].values()) / len(row["mae"]) if row else None


def speeds(sheet: Sheet, device: str) -> Iterator[str]:
    """A row for each measurement: tasks a second on the GPU and on the CPU."""
    yield "\n## Tasks a second\n"
    yield "|learner|of|batch|GPU, repeatable|GPU, free|CPU, one thread|"
    yield "|---" * 6 + "|"
    keys = dict.fromkeys((r["learner"], r["of"], r["batch"]) for r in sheet.rows if "of" in r)
    for learner, of, batch in keys:
        label = {"learner": learner, "of": of, "batch": batch}
        cells = [rate(sheet, *key, label) for key in ((device, 0), (device, 1), ("cpu", 0))]
        yield f"|{learner}|{of}|{batch}|{'|'.join(map(shown, cells))}|"


def rate(sheet: Sheet, device: str, free: int, label: Row) -> float | None:
    rows = results_of(sheet, device=device, **label)
    rates = [row["tasks_per_second"] for row in rows if (row.get("mode") == "free") == free]
    return rates[0] if rates else None


def seeds(sheet: Sheet) -> Iterator[str]:
    """A row for each number of seeds in a step."""
    yield "\n## Seeds in one step\n"
    yield "|learner|seeds|per second|ms a step|"
    yield "|---" * 4 + "|"
    for row in results_of(sheet):
        yield (f"|{row['learner']}|{row['seeds']}|{row['units_per_second']:,.0f} {row['unit']}"
               f"|{1000 * row['step']:.3g}|")  # fmt: skip


def shown(number: float | None) -> str:
    return "-" if number is None else f"{number:,.4g}"
