"""What changed: the changelog as a page."""

import re
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

import coldbench
from coldbench.league.site.files import Files
from coldbench.league.site.frame import Frame

__all__ = ["add_changes"]

CHANGELOG = Path(coldbench.__file__).parent.parent / "CHANGELOG.md"  # in a clone
DOCS = re.compile(r"\[([^\]]+)\]\((?:docs/)?([\w-]+)\.md\)")
LINK = re.compile(r"\[([^\]]+)\]\((?!https?://)[^)]*\)")


def add_changes(files: Files, source: Path = CHANGELOG) -> None:
    """Without a changelog at hand it names the version only."""
    text = source.read_text("utf-8") if source.exists() else ""
    body = Markup(_html(files, text.partition("\n")[2]))
    files.page(
        "changes.html", "changes.html", "What changed", body=body, version=coldbench.__version__
    )


def _html(files: Files, text: str) -> str:
    """Links to the documentation lead there where it is published beside, else they are text."""
    frame = files.frame
    if frame.docs:
        text = DOCS.sub(lambda found: f"[{found[1]}]({_place(frame, found[2])})", text)
    else:
        text = LINK.sub(r"\1", text)
    return str(MarkdownIt("commonmark", {"html": False}).render(text))


def _place(frame: Frame, page: str) -> str:
    """Of a page of the documentation, as mkdocs lays it out."""
    return frame.to(frame.docs, "", f"{page}/index.html")
