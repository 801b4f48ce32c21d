"""How long `coldbench report` takes for a study of many runs, in parts, as process CPU time.

    python benchmarks/report_parts.py [--learners 10] [--seeds 100] [--profile]

The study is invented: learners with a learning curve, four scenarios, all metrics. With the
defaults it holds 1,000 runs; the goal is a report in under 10 seconds.
"""

import argparse
import cProfile
import pstats
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))


from coldbench.report import build
from coldbench.report.document import Document
from coldbench.report.drawing.draw import drawn
from coldbench.report.drawing.svg import inline
from coldbench.report.formats.html import to_html
from coldbench.report.formats.latex import to_latex
from coldbench.report.formats.markdown import to_markdown
from coldbench.report.study import ReportData
from coldbench.report.write import write_report
from coldbench.study import Study
from tests.report.fake import fake_study

GOAL = 10.0  # seconds for 1,000 runs
T = TypeVar("T")


def timed(what: str, work: Callable[[], T]) -> T:
    """Run `work`, print its CPU seconds."""
    start = time.process_time()
    result = work()
    print(f"{what:32s} {time.process_time() - start:6.2f} s")
    return result


def parts(study: Study) -> None:
    """Each step of `write_report`, timed on its own."""
    data: ReportData = timed("read", lambda: build(study))
    document = data.of(Document)
    plots = timed("analyse, and prepare figures", lambda: document.figures)
    print(f"{len(plots)} figures")
    for kinds in (("svg",), ("png",), ("pdf",)):
        timed(
            f"draw, and write {kinds[0]}",
            lambda kinds=kinds: [drawn(plot, kinds) for plot in plots.values()],  # type: ignore[misc]
        )
    svgs = {key: drawn(plot, ("svg",))["svg"] for key, plot in plots.items()}
    inlined = timed("SVG into the page", lambda: {k: inline(s, k, "") for k, s in svgs.items()})
    timed("sections", lambda: document.sections)
    timed("sentences", lambda: document.sentences)
    timed("HTML", lambda: to_html(document, inlined))
    timed("Markdown", lambda: to_markdown(document))
    timed("LaTeX", lambda: to_latex(document))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--learners", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    given = parser.parse_args()
    names = ["mamo", "melu", "bias", *(f"learner-{k}" for k in range(3, given.learners))]
    with TemporaryDirectory() as folder:
        study = fake_study(Path(folder) / "study", names[: given.learners], given.seeds)
        print(f"{given.learners} learners x {given.seeds} seeds")
        parts(study)
        profiler = cProfile.Profile()
        if given.profile:
            profiler.enable()
        start = time.process_time()
        write_report(study, Path(folder) / "report")
        total = time.process_time() - start
        profiler.disable()
        print(f"{'write_report, all of it':32s} {total:6.2f} s (goal: {GOAL:g} s for 1,000 runs)")
        if given.profile:
            pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
