"""The picture of the packages, drawn from the imports: `python docs/packages.py > packages.svg`.

A box for each layer of the contract in pyproject.toml, the packages of which never import each
other. A dark arrow leads to a layer that is imported; a pale line, on the left, is an import that a
chain of dark arrows implies.
"""

import re
import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
PLUGINS = ("baselines", "mamo")
FACE = "coldbench"
FACE_LAYER = 1  # imports what is below on first use, which is not drawn
HEIGHT, ROW, MIDDLE = 24, 42, 210  # of a box, from row to row, of the picture

Edge = tuple[int, int]


def layers() -> list[tuple[str, ...]]:
    """Packages by layer, highest first: learners, the face that they import, then those of the
    contract; what starts the command line (`__main__`) is left out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = (c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    rows = [re.findall(r"coldbench\.(\w+)", row) for row in contract["layers"]]
    return [PLUGINS, (FACE,), *(tuple(sorted(row)) for row in rows if row != ["__main__"])]


def imports() -> set[Edge]:
    """(importing layer, imported layer)."""
    layer = {package: place for place, row in enumerate(layers()) for package in row}
    graph = grimp.build_graph(FACE, *PLUGINS, cache_dir=None)
    edges = {
        (layer[_package(importer)], layer[_package(imported)])
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if {_package(importer), _package(imported)} <= layer.keys()
    }
    return {
        (upper, lower)
        for upper, lower in edges
        if upper not in (lower, FACE_LAYER) and not lower == FACE_LAYER < upper
    }


def _package(module: str) -> str:
    """`coldbench.data.ratings` is of `data`, `mamo.network` of `mamo`."""
    root, *rest = module.split(".")
    return rest[0] if root == FACE and rest else root


def implied(edges: set[Edge]) -> set[Edge]:
    """Edges that a longer chain of edges makes superfluous."""
    reach: dict[int, set[int]] = {}
    for layer in sorted({upper for upper, _ in edges}, reverse=True):  # the lowest first
        direct = {lower for upper, lower in edges if upper == layer}
        reach[layer] = direct.union(*(reach.get(lower, set()) for lower in direct))
    return {
        (upper, lower)
        for upper, lower in edges
        if any(lower in reach.get(middle, ()) for top, middle in edges if top == upper)
    }


def picture() -> str:
    """One SVG; its colours are those of the text around it, so it reads on light and on dark."""
    labels = [" · ".join(row) for row in layers()]
    edges = imports()
    pale = implied(edges)
    size = f'viewBox="-60 0 480 {len(labels) * ROW}" width="480"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" class="packages">',
        "<title>Packages by layer, and which layers each imports</title>",
        STYLE,
        *(arrow(edge, labels, pale=True) for edge in sorted(pale)),
        *(arrow(edge, labels, pale=False) for edge in sorted(edges - pale)),
        *(box(label, place) for place, label in enumerate(labels)),
        "</svg>",
    ])  # fmt: skip


def arrow(edge: Edge, labels: list[str], pale: bool) -> str:
    """Straight to the next layer; past others as an arc, the wider the further."""
    upper, lower = edge
    (y1, half1), (y2, half2) = ((_middle(place), _half(labels[place])) for place in edge)
    style = 'class="pale"' if pale else 'marker-end="url(#head)"'
    if lower == upper + 1 and not pale:
        return f'<path d="M{MIDDLE} {y1 + HEIGHT // 2}V{y2 - HEIGHT // 2 - 6}" {style}/>'
    side = -1 if pale else 1
    start, end = MIDDLE + side * half1, MIDDLE + side * (half2 + (0 if pale else 6))
    turn = MIDDLE + side * (max(half1, half2) + 20 + 16 * (lower - upper))
    return f'<path d="M{start} {y1}C{turn} {y1} {turn} {y2} {end} {y2}" {style}/>'


def box(label: str, place: int) -> str:
    y, half = _middle(place), _half(label)
    corner = f'x="{MIDDLE - half}" y="{y - HEIGHT // 2}"'
    rectangle = f'<rect {corner} width="{2 * half}" height="{HEIGHT}" rx="4"/>'
    return f'{rectangle}<text x="{MIDDLE}" y="{y + 4}">{label}</text>'


def _middle(place: int) -> int:
    return place * ROW + ROW // 2


def _half(label: str) -> int:
    """Half the width of a box."""
    return max(60, 4 * len(label))


STYLE = """<style>
.packages { max-width: 100%; font: 13px sans-serif; }
.packages path { fill: none; stroke: currentColor; stroke-width: 1.2; }
.packages .pale { opacity: .25; }
.packages #head path { fill: currentColor; stroke: none; }
.packages rect { fill: #8883; stroke: currentColor; }
.packages text { fill: currentColor; text-anchor: middle; }
</style>
<defs><marker id="head" viewBox="0 0 6 6" refX="0" refY="3" markerWidth="6" markerHeight="6"
orient="auto"><path d="M0 0L6 3L0 6z"/></marker></defs>"""


if __name__ == "__main__":
    print(picture())
