"""What a reader finds in the data: notes, warnings, and what `strict` refuses."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from coldbench.errors import DataError

__all__ = ["MISSING_WORDS", "Findings", "counted", "quoted", "says_missing"]

MISSING_WORDS = {
    *("null", "nil", "nan", "na", "n/a", "<na>", "nat", "none", "nothing", "missing", "empty"),
    *("unknown", "unspecified", "undefined", "not available", "not specified", "not given"),
    *("not known", "no genres listed", "?", "??", "-", "--", ".", "\\n"),
}
"""How cells say that a value is not known, in lower case and without brackets."""


@dataclass
class Findings:
    """Collects sentences. setting: how the user writes an option, with `{name}` and `{value}`."""

    strict: bool = False
    setting: str = "--set dataset.{name}={value}"
    understood: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def unreadable(self, sentence: str) -> None:
        """Values that count as unknown: a warning, or a DataError when strict."""
        if self.strict:
            raise DataError(sentence)
        self.warnings.append(sentence)

    def warn(self, sentences: Iterable[str]) -> None:
        """What may be wrong with the data."""
        self.warnings.extend(sentences)

    def option(self, name: str, value: str) -> str:
        """How to set an option of the data set."""
        return self.setting.format(name=name, value=value)


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 rating`, `2,000 ratings`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def quoted(value: object, limit: int = 60) -> str:
    """The value between quotes, on one line, with its letters as they are."""
    text = repr(str(value))
    return text if len(text) <= limit else text[: limit - 4] + "..." + text[-1]


def says_missing(text: str) -> bool:
    """Whether a cell says in words that its value is not known."""
    return text.strip().strip("()[]").lower() in MISSING_WORDS
