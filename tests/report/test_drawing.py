"""Figures of many learners: few artists, and room for every name."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from coldbench.report.drawing.draw import drawn
from coldbench.report.drawing.forest import Row, forest
from coldbench.report.drawing.matrix import matrix
from coldbench.report.drawing.style import Plot
from coldbench.statistics import Interval

NAMES = [f"a learner with a long name {k}" for k in range(32)]
CELLS = {(i, j): (str(i % 11), (i % 11) / 10) for i in range(32) for j in range(32)}
MATRIX = matrix("ranks", "Ranks", "", NAMES, NAMES, CELLS, "#0072b2")
ROWS = [Row(name, (0.1 * k, 0.2), Interval(0.1 * k, 0.1, 3.0, 2)) for k, name in enumerate(NAMES)]
FOREST = forest("means", "W-W", "", ROWS, "MAE")
PLOTS = pytest.mark.parametrize("plot", [MATRIX, FOREST], ids=lambda plot: plot.key)


@PLOTS
def test_artists_do_not_grow_with_the_learners(plot: Plot) -> None:
    (ax,) = plot.draw().axes
    assert len(ax.findobj()) < 150  # an artist takes a third of a millisecond, 1,000 cells one each


@PLOTS
def test_names_stay_inside_the_figure(plot: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    figures: list[Figure] = []
    draw = plot.draw

    def kept() -> Figure:
        figures.append(draw())
        return figures[-1]

    svg = drawn(Plot(plot.key, "", kept), ["svg"])["svg"].decode()  # type: ignore[arg-type]
    assert svg.count(NAMES[-1][:20]) >= 32
    (figure,) = figures
    extent = figure.get_tightbbox()
    size = figure.get_size_inches()
    assert np.all([extent.x0, extent.y0, size[0] - extent.x1, size[1] - extent.y1] >= np.zeros(4))


def test_a_number_stands_in_the_middle_of_its_cell() -> None:
    svg = drawn(MATRIX, ["svg"])["svg"].decode()
    first = re.search(
        r'<text style="[^"]*text-anchor: middle[^"]*" x="([\d.]+)"[^>]*>0</text>', svg
    )
    assert first
    paths = re.findall(r'd="M ([\d.]+) [\d.]+ \nL ([\d.]+)', svg)
    middles = [(float(left) + float(right)) / 2 for left, right in paths]
    assert any(abs(float(first[1]) - middle) < 0.1 for middle in middles)
