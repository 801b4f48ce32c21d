"""One measured figure beside its target, and the table of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["Line", "Ratio", "show"]


@dataclass(frozen=True)
class Ratio:
    """Times as fast as the per-task loop: ratio of medians, least and greatest of the turns."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """A figure. `target` is of the ratio when there is one, else of the value; `at_most`:
    it is an upper limit. low, high: the range of the value over repeats, where it was repeated;
    parts: what it is made of, by name."""

    benchmark: str
    figure: str
    value: float
    unit: str = ""
    target: float | None = None
    at_most: bool = False
    ratio: Ratio | None = None
    low: float | None = None
    high: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without a target."""
        if self.target is None:
            return None
        judged = self.ratio.value if self.ratio else self.value
        return judged <= self.target if self.at_most else judged >= self.target

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "met": self.met}

    def cells(self) -> tuple[str, ...]:
        """benchmark, figure, target, met, ratio: as text."""
        ratio = self.ratio
        target = "" if self.target is None else f"{'<=' if self.at_most else '>='} {self.target:g}"
        unit = "x" if ratio and target else self.unit if target else ""
        beside = f"{ratio.value:.2f} x ({ratio.low:.2f} to {ratio.high:.2f})" if ratio else ""
        met = {None: "", True: "yes", False: "NO"}[self.met]
        value = f"{self.figure}: {self.value:,.4g} {self.unit}".rstrip()
        return self.benchmark, value, f"{target} {unit}".strip(), met, beside


def show(lines: Sequence[Line]) -> None:
    """Prints the table; a second one, as Markdown, of the lines that have parts."""
    table = Table("benchmark", "figure", "target", "met?", "beside the loop", box=None)
    for line in lines:
        table.add_row(*line.cells())
    Console(width=132).print(table)
    print(markdown([line for line in lines if line.parts]))


def markdown(lines: Sequence[Line]) -> str:
    """Lines with their parts, the greatest first; nothing of none."""
    names = list(dict.fromkeys(name for line in lines for name in line.parts))
    rows = [["", "whole", *names], ["---", *["---:"] * (1 + len(names))]] if lines else []
    for line in sorted(lines, key=lambda one: -one.value):
        parts = (f"{line.parts[name]:.3g}" if name in line.parts else "" for name in names)
        rows.append([line.figure, f"{line.value:.3g} {line.unit}", *parts])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
