"""matplotlib's SVG made fit for a page: no inline style (the policy forbids it), colours that
follow the page's scheme, ids of its own, text that a screen reader hears."""

import re
from xml.etree import ElementTree

from coldbench.report.drawing.style import COLOURS, GRID, INK, MUTED, PAPER

__all__ = ["inline"]

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
VARIABLES = {INK: "--ink", MUTED: "--muted", GRID: "--grid", PAPER: "--paper"} | {
    colour: f"--c{place}" for place, colour in enumerate(COLOURS)
}
WIDE = 5 * 72  # points: a figure that takes the whole width of the page
DROPPED = ("font-family", "font", "writing-mode")  # the page decides


def inline(svg: bytes, key: str, alt: str) -> str:
    """The figure as an `<svg>` element for HTML; `key` keeps its ids apart from other figures'."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{SVG}metadata", f"{SVG}style"):
                parent.remove(child)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg.decode()))
    for element in root.iter():
        _clean(element, key, used)
    if float(root.get("width", "0").removesuffix("pt")) > WIDE:
        root.set("class", "wide")
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", alt)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _clean(element: "ElementTree.Element", key: str, used: set[str]) -> None:
    element.tag = element.tag.removeprefix(SVG)
    for entry in element.attrib.pop("style", "").split(";"):
        name, colon, value = entry.partition(":")
        if colon and name.strip() not in DROPPED:
            element.set(name.strip(), value.strip())
    for name, value in list(element.attrib.items()):
        if name == "id":
            del element.attrib["id"]
            if value in used:
                element.set("id", f"{key}-{value}")
        elif name.startswith(XLINK):
            del element.attrib[name]
            element.set(name.removeprefix(XLINK), _renamed(value, key))
        else:
            element.set(name, _renamed(value, key) if name != "d" else " ".join(value.split()))
    if element.tail is not None and not element.tail.strip():
        element.tail = "\n"
    if element.text is not None and not element.text.strip():
        element.text = None


def _renamed(value: str, key: str) -> str:
    if value in VARIABLES:
        return f"var({VARIABLES[value]})"
    value = re.sub(r"url\(#", f"url(#{key}-", value)
    return f"#{key}-{value[1:]}" if value.startswith("#") and not _is_colour(value) else value


def _is_colour(value: str) -> bool:
    return re.fullmatch(r"#[0-9a-f]{6}", value) is not None
