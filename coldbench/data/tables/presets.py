"""Layouts of published data sets, from `presets.toml`: recognised by their files and columns."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files as resources

from pydantic import BaseModel, ConfigDict

from coldbench.data.ratings import Scale
from coldbench.data.raw.layouts import GROUPLENS
from coldbench.data.raw.members import Member
from coldbench.data.table import Kind
from coldbench.data.tables.opening import open_sheet
from coldbench.data.tables.plan import ContentPlan, Edition, FieldPlan, Owner, Plan
from coldbench.data.tables.sheet import Sheet
from coldbench.data.tables.text_sheet import TextSheet
from coldbench.errors import DataError, shorten, unknown

__all__ = ["Preset", "preset_plan", "presets", "resembling"]

LICENCES = {"GroupLens": GROUPLENS}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Field(_Model):
    column: str
    kind: Kind
    split: str = ""
    unknown: tuple[str, ...] = ()
    year: bool = False


class _File(_Model):
    files: tuple[str, ...]
    separator: str = ""
    header: tuple[str, ...] = ()
    wide: str = ""
    first: str = ""
    lacks: tuple[str, ...] = ()

    @property
    def needs(self) -> set[str]:
        """Columns that the file must have."""
        raise NotImplementedError

    def called(self, member: Member) -> bool:
        """Whether the file has one of the names."""
        return any(fnmatchcase(member.name.lower(), pattern.lower()) for pattern in self.files)

    def fits(self, sheet: Sheet) -> bool:
        """Whether the file has the columns, and its first line the form."""
        found = len(sheet.rows[0]) if isinstance(sheet, TextSheet) and sheet.rows else 0
        if self.header and (found < len(self.header) if self.wide else found != len(self.header)):
            return False
        if not self.needs <= set(sheet.names) or set(self.lacks) & set(sheet.names):
            return False
        first = sheet.member.head.split(b"\n", 1)[0].decode("latin-1").rstrip("\r")
        return not self.first or re.match(self.first, first) is not None

    def sheet(self, member: Member) -> Sheet | None:
        """The file as a table, if it can be one."""
        try:
            return self._opened(member) if member.readable else None
        except DataError:
            return None

    def _opened(self, member: Member) -> Sheet:
        if member.nature == "a text file" and (self.separator or self.header):
            return TextSheet(member, self.separator, self.header or None, self.wide)
        return open_sheet(member)


class _Ratings(_File):
    columns: Mapping[str, str] = {}

    @property
    def needs(self) -> set[str]:
        return set(self.columns.values()) - {self.columns.get("timestamp", "")}


class _Content(_File):
    needed: bool = False
    id: str
    title: str = ""
    year_in_title: bool = False
    fields: Mapping[str, _Field] = {}

    @property
    def needs(self) -> set[str]:
        return {self.id}

    def plan(self, sheet: Sheet, owner: Owner) -> ContentPlan:
        """The declared fields; those whose columns this copy lacks are left out."""
        fields = tuple(
            FieldPlan(name, spec.column, spec.kind, spec.split, spec.year, spec.unknown)
            for name, spec in self.fields.items()
            if spec.column in sheet.names
        )
        title = self.title if self.title in sheet.names else ""
        dated = self.year_in_title and bool(title)
        return ContentPlan(sheet, owner, self.id, title, dated, fields)


class _Edition(_Model):
    ratings: int
    scale: tuple[float, float, float] | None = None


class Preset(_Model):
    """One section of `presets.toml`, whose head explains each key."""

    key: str
    summary: str
    licence: str
    name: str
    ratings: _Ratings
    users: _Content | None = None
    items: _Content | None = None
    scale: tuple[float, float, float] | None = None
    missing: tuple[float, ...] = ()
    editions: Mapping[str, _Edition] = {}
    matrix: bool = False
    published: int = 0

    @property
    def contents(self) -> list[tuple[Owner, _Content]]:
        """The content files, users first."""
        parts: list[tuple[Owner, _Content | None]] = [("user", self.users), ("item", self.items)]
        return [(owner, part) for owner, part in parts if part is not None]


@cache
def presets() -> Mapping[str, Preset]:
    """All layouts, in the order in which they are tried."""
    text = (resources("coldbench.data.tables") / "presets.toml").read_text("utf-8")
    return {
        key: Preset.model_validate({"key": key, "name": key, **section})
        for key, section in tomllib.loads(text).items()
    }


def preset_plan(members: Sequence[Member], key: str = "") -> Plan | None:
    """The plan of the first layout that the files have, or of the one called `key`.

    Raises UsageError for an unknown key, DataError when the files have not the layout asked for.
    """
    if key and key not in presets():
        raise unknown("layout", key, presets())
    for preset in [presets()[key]] if key else presets().values():
        if plan := _plan(preset, members):
            return plan
    if key:
        found = ", ".join(member.name for member in members[:8])
        raise DataError(f"{shorten(found, 200)} are not {resembled(presets()[key])}")
    return None


def _plan(preset: Preset, members: Sequence[Member]) -> Plan | None:
    found = list(_fitting(preset.ratings, members))
    if len(found) != 1:
        return None
    contents: list[ContentPlan] = []
    for owner, part in preset.contents:
        sheets = [s for s in _fitting(part, members) if s.member is not found[0].member]
        if len(sheets) > 1 or (part.needed and not sheets):
            return None
        contents += [part.plan(sheet, owner) for sheet in sheets]
    return _assembled(preset, found[0], contents, members)


def _fitting(part: _File, members: Sequence[Member]) -> Iterator[Sheet]:
    for member in members:
        if part.called(member):
            sheet = part.sheet(member)
            if sheet is not None and sheet.names and part.fits(sheet):
                yield sheet


def _assembled(
    preset: Preset, ratings: Sheet, contents: list[ContentPlan], members: Sequence[Member]
) -> Plan:
    columns = {o: c for o, c in preset.ratings.columns.items() if c in ratings.names}
    used = [ratings.member, *(content.sheet.member for content in contents)]
    said = [
        f"recognised by its files as {preset.summary}",
        f"ratings: {ratings.name}, {ratings.form}",
    ]
    for content in contents:
        names = [field.name for field in content.fields or ()]
        names += ["release_year"] if content.year_in_title else []
        said.append(f"{content.owner}s: {content.sheet.name}, {', '.join(sorted(names))}")
    rest = [member.name for member in members if member not in used]
    said += [f"not read: {shorten(', '.join(rest), 200)}"] if rest else []
    return Plan(
        preset.name,
        ratings,
        columns,
        tuple(contents),
        scale=_scale(preset.scale),
        missing=preset.missing,
        licence=LICENCES.get(preset.licence, preset.licence),
        understood=tuple(said),
        editions={
            edition.ratings: Edition(name, _scale(edition.scale))
            for name, edition in preset.editions.items()
        },
        matrix=preset.matrix,
        published=preset.published,
    )


def _scale(given: tuple[float, float, float] | None) -> Scale | None:
    return Scale(*given) if given else None


def resembled(preset: Preset) -> str:
    """What a layout looks like: its files and their columns."""
    part = preset.ratings
    columns = part.header or tuple(part.columns.values())
    wanted = f"{' or '.join(part.files)} with the columns {', '.join(columns)}"
    return f"{preset.summary}: {wanted}" if columns else preset.summary


def resembling(members: Sequence[Member]) -> str:
    """What the files should look like, if by their names they belong to a layout; else ""."""
    for preset in presets().values():
        needed = [preset.ratings, *(part for _, part in preset.contents if part.needed)]
        named = [any(part.called(member) for member in members) for part in needed]
        if all(named) and (
            len(needed) > 1 or not any("*" in name for name in preset.ratings.files)
        ):
            return f"; this looks like {resembled(preset)}"
    return ""
