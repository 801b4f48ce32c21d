"""Follow a page of docs/ as a stranger would: its listings become files, its commands are run."""

import re
from collections.abc import Callable
from pathlib import Path

__all__ = ["DOCS", "ROOT", "blocks", "follow"]

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """(language, rest of the opening line, text) of each fenced block, in order."""
    return [(m[1], m[2].strip(), m[3]) for m in BLOCK.finditer(page.read_text("utf-8"))]


def follow(page: Path, folder: Path, run: Callable[[str], None], skip: str = "") -> list[str]:
    """Writes the listings that have a title, runs the commands, and returns these.

    skip: the mark of blocks to leave out.
    """
    done = []
    for language, mark, text in blocks(page):
        title = re.search(r'title="([^"]+)"', mark)
        if title:
            (folder / title[1]).write_text(text)
        elif language == "sh" and not (skip and mark == skip):
            for command in text.strip().splitlines():
                run(command)
                done.append(command)
    return done
