"""Reports of invented studies, built once."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from coldbench.report import write_report
from coldbench.report.drawing.draw import Files
from coldbench.report.drawing.style import Plot
from coldbench.study.store import Study
from tests.report.fake import fake_study

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.org")',
    "\\input{x}",
    "%_&#$",
    "A" * 10_000,
    "x|`y`[z](http://example.org)*_",
    "\x1b[31mred\u202e\n\r",
)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three learners, 6 seeds, one diverged run, one hole, two numbers of shots."""
    return fake_study(
        tmp_path_factory.mktemp("study"),
        seeds=6,
        shots=(0, 5),
        status={("melu", 2): "diverged"},
        absent=[("bias", 4)],
    )


@pytest.fixture(scope="session")
def report(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Its words and numbers, as `worded` writes them."""
    return write_report(study, tmp_path_factory.mktemp("report"), kinds=("svg",), draw=composed)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report whose learners and reasons attack every format."""
    folder = tmp_path_factory.mktemp("hostile")
    study = fake_study(
        folder,
        learners=HOSTILE,
        seeds=2,
        scenarios=("C-C",),
        dataset='<b>"data"</b>',
        status={(HOSTILE[3], 1): "failed"},
        reason="<img src=x onerror=alert(1)> \x1b[2J `boom` =1+1",
    )
    return write_report(study, folder, kinds=("svg",))


@pytest.fixture
def light(tmp_path: Path) -> Callable[[Study], dict[str, Path]]:
    """Writes a report without PNG and PDF."""
    return lambda study: write_report(study, tmp_path / "out", kinds=("svg",))


@pytest.fixture
def worded(tmp_path: Path) -> Callable[[Study], dict[str, Path]]:
    """Writes a report for its words and numbers: figures are composed, but not rendered, which
    takes nearly all of the time."""
    return lambda study: write_report(study, tmp_path / "out", kinds=("svg",), draw=composed)


def composed(plots: Sequence[Plot], kinds: Sequence[str]) -> Iterator[Files]:
    return map(composed_one, plots)


def composed_one(plot: Plot, kinds: Sequence[str] = ()) -> Files:
    assert plot.draw().axes
    return {"svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="300pt"/>'}
