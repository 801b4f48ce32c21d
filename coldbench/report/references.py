"""BibTeX entries of files: `references.bib` of a package, or `MODULE.bib` beside a lone module.

An entry's `keywords` are the plugins that it is the source of; without, it is that of all plugins
of the package. A file beside the code, not in it: a reference that is mended changes no learner.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from coldbench import registry
from coldbench.text import plain

__all__ = ["Reference", "entries", "of_dataset", "of_learner", "suite"]

START = re.compile(r"@(\w+)\s*\{\s*([^,\s{}]+)\s*,")
FIELD = re.compile(r"(\w+)\s*=\s*")
NOT_ENTRIES = ("comment", "string", "preamble")


@dataclass(frozen=True, slots=True)
class Reference:
    """key; text: the whole entry, without keywords; short: `Dong et al. 2020`."""

    key: str
    text: str
    short: str
    keywords: tuple[str, ...]

    @property
    def fields(self) -> dict[str, str]:
        """By name in lower case, as they are written."""
        return {name: value for name, value, _ in _fields(self.text)}


def entries(text: str) -> list[Reference]:
    """Those of a BibTeX file, in order; what is cut off at its end is left out."""
    whole = ((start[2], _whole(text, start.start())) for start in _starts(text))
    return [_reference(key, entry) for key, entry in whole if entry]


def _starts(text: str) -> Iterator[re.Match[str]]:
    return (m for m in START.finditer(text) if m[1].lower() not in NOT_ENTRIES)


def _whole(text: str, start: int) -> str:
    """Up to the brace that closes the first."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0 and text[place] == "}":
            return text[start : place + 1]
    return ""


def _reference(key: str, entry: str) -> Reference:
    fields = {name: (value, span) for name, value, span in _fields(entry)}
    author, year, keywords = (
        fields.get(name, ("", (0, 0))) for name in ("author", "year", "keywords")
    )
    start, end = keywords[1]
    bare = entry[:start].rstrip().removesuffix(",") + entry[end:] if end else entry
    words = tuple(word.strip() for word in keywords[0].split(",") if word.strip())
    return Reference(key, bare, _short(key, author[0], year[0]), words)


def _fields(entry: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """(name, value, where in the entry), values without their braces or quotes."""
    place = entry.index(",") + 1
    while match := FIELD.search(entry, place):
        start = match.end()
        if entry[start] == "{":
            place = start + len(_whole(entry, start))
        elif entry[start] == '"':
            place = entry.find('"', start + 1) + 1 or len(entry)
        else:
            place = start + len(re.split(r"[,}\s]", entry[start:], maxsplit=1)[0])
        value = (
            entry[start:place].strip('{}"') if entry[start] != "{" else entry[start + 1 : place - 1]
        )
        yield match[1].lower(), value, (match.start(), place)


def _short(key: str, authors: str, year: str) -> str:
    """Family names as in running text; the key where nobody is named."""
    people = [re.sub(r"\\[a-zA-Z]\s|[{}\\'\"]", "", p).strip() for p in authors.split(" and ")]
    families = [plain(name.partition(",")[0] if "," in name else name.split(" ")[-1])
                for name in people if name]  # fmt: skip
    if not families:
        return plain(key)
    if len(families) == 2:
        return f"{families[0]} & {families[1]} {year}".strip()
    return f"{families[0]}{' et al.' if len(families) > 2 else ''} {year}".strip()


@cache
def suite() -> dict[str, Reference]:
    """Those of the suite itself, by key."""
    file = Path(__file__).parent.parent / "references.bib"
    return {one.key: one for one in entries(file.read_text("utf-8"))}


def of_learner(name: str) -> list[Reference]:
    """Its sources; none where its package names none, or is not installed here. Imports nothing."""
    return _of_plugin("learner", name)


def of_dataset(name: str) -> list[Reference]:
    """The sources of a data set that is registered, or whose layout is recognised."""
    own = [one for one in suite().values() if name in one.keywords]
    return own or [one for one in _of_plugin("dataset", name) if one.key not in suite()]


def _of_plugin(kind: str, name: str) -> list[Reference]:
    plugin = registry.plugins(kind).get(name)
    if plugin is None:
        return []
    return [one for one in _beside(plugin.target) if not one.keywords or name in one.keywords]


@cache
def _beside(target: str) -> tuple[Reference, ...]:
    top = target.partition(":")[0].strip().partition(".")[0]
    spec = find_spec(top)
    folders = list((spec and spec.submodule_search_locations) or [])
    files = [Path(folder) / "references.bib" for folder in folders]
    if spec and spec.origin and not folders:
        files = [Path(spec.origin).with_suffix(".bib")]
    found = (entries(file.read_text("utf-8", "replace")) for file in files if file.is_file())
    return tuple(one for some in found for one in some)
