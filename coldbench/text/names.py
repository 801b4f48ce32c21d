"""Names that strangers chose, made safe to show: one line, printable, short, still distinct."""

import hashlib
from collections import Counter
from collections.abc import Sequence

__all__ = ["LONGEST", "display_name", "display_names", "listed", "plain"]

LONGEST = 32  # characters of a learner's name in tables and figures


def plain(text: object) -> str:
    """The text on one line; characters that a terminal or page would obey become U+FFFD."""
    line = " ".join(str(text).split())
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


def display_name(name: object, limit: int = LONGEST) -> str:
    """`plain` without backquotes; beyond `limit` characters cut, with 4 digits of its hash."""
    text = plain(name).replace("`", "'")
    if len(text) <= limit:
        return text
    return f"{text[: limit - 6]}… {_digits(name)}"


def display_names(names: Sequence[str], bases: Sequence[str] = ()) -> dict[str, str]:
    """How each name is shown; under the bases `learner:side` of one ablation, names lose the
    `learner:` that they share, as long as all stay distinct. Names that would be shown alike, such
    as `ridge` and `ridge `, are shown with 4 digits of their hashes."""
    shared = {base.rpartition(":")[0] for base in bases}
    prefix = f"{shared.pop()}:" if len(shared) == 1 else ":"
    bare = {name: name.removeprefix(prefix) if prefix != ":" else name for name in names}
    distinct = len(set(bare.values())) == len(bare)
    shown = {name: display_name(bare[name] if distinct else name) for name in names}
    counts = Counter(shown.values())
    return {n: text if counts[text] == 1 else _marked(text, n) for n, text in shown.items()}


def _marked(text: str, name: str) -> str:
    """As `display_name` shows one that it cuts."""
    return f"{text[: LONGEST - 6]}… {_digits(name)}"


def _digits(name: object) -> str:
    return hashlib.sha256(str(name).encode("utf-8", "backslashreplace")).hexdigest()[:4]


def listed(names: Sequence[str], most: int = 4) -> str:
    """`a, b and c`; long lists end with a count."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
