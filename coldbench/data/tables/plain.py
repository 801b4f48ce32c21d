"""A plan by guessing: the ratings' table is the one with user, item and rating; others join it.

What was guessed is said, a line each; what cannot be guessed is an error that names the flag.
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from coldbench.data.ratings import ROLES
from coldbench.data.raw.members import Member
from coldbench.data.table import Kind
from coldbench.data.tables.columns import id_column, plain_name, rating_columns, title_column
from coldbench.data.tables.joined import JoinedSheet
from coldbench.data.tables.kinds import field_of, is_year
from coldbench.data.tables.opening import open_sheet
from coldbench.data.tables.plan import ContentPlan, FieldPlan, Owner, Plan
from coldbench.data.tables.sheet import Cells, Sheet
from coldbench.data.titles import split_year
from coldbench.errors import DataError, UsageError, shorten, unknown

__all__ = ["Choice", "completed", "plain_plan"]

NEEDED = ("user", "item", "rating")
SPLITS = {*ROLES, "training", "valid", "val", "dev", "test"}


class Choice(NamedTuple):
    """What a user has said: columns of the ratings, kinds of fields, the file of the ratings."""

    columns: Mapping[str, str | int] = {}
    kinds: Mapping[str, Kind] = {}
    ratings: str = ""


def plain_plan(name: str, where: str, members: Sequence[Member], choice: Choice) -> Plan:
    """The plan for the readable files of a folder or archive; raises DataError or UsageError."""
    readable = [member for member in members if member.readable]
    if not readable:
        raise DataError(_nothing(where, members))
    sheets, faults = _opened(readable)
    if faults and not sheets:
        raise next(iter(faults.values()))
    try:
        ratings, columns = _ratings(where, sheets, choice)
    except DataError:
        if faults:  # the ratings may be what could not be opened
            raise next(iter(faults.values())) from None
        raise
    used = ratings.sheets if isinstance(ratings, JoinedSheet) else [ratings]
    said = [f"ratings: {ratings.name}, {ratings.form}"]
    said += [f"{ours}: column {shorten(theirs)}" for ours, theirs in columns.items()]
    rest = [column for column in ratings.names if column not in columns.values()]
    said += [_unused(ratings, rest, columns)] if rest else []
    contents: list[ContentPlan] = []
    for sheet in sheets:
        if sheet not in used:
            plan, reason = _joined(sheet, columns)
            contents += [plan] if plan else []
            said += [reason] if reason else []
    said += [f"not read: {m.name} ({m.nature})" for m in members if not m.readable]
    for member, fault in faults.items():
        said.append(f"not read: {member.name}{str(fault).removeprefix(member.label)}")
    return Plan(name, ratings, columns, tuple(contents), understood=tuple(said))


def completed(plan: Plan, kinds: Mapping[str, Kind]) -> Plan:
    """The plan with the fields of its content, guessed where they were left open."""
    contents, said = [], list(plan.understood)
    for content in plan.contents:
        if content.fields is None:
            content, lines = _guessed(content, kinds)
            said += lines
        contents.append(content)
    columns = {field.column for content in contents for field in content.fields or ()}
    for name in kinds:
        if name not in columns:
            raise unknown(
                "option", f"dataset.kinds.{name}", [f"dataset.kinds.{c}" for c in columns]
            )
    return plan._replace(contents=tuple(contents), understood=tuple(said))


def _opened(members: Sequence[Member]) -> tuple[list[Sheet], dict[Member, DataError]]:
    sheets: list[Sheet] = []
    faults: dict[Member, DataError] = {}
    for member in members:
        try:
            sheet = open_sheet(member)
        except DataError as error:
            faults[member] = error
        else:
            sheets += [sheet] if sheet.names else []
    return sheets, faults


def _nothing(where: str, members: Sequence[Member]) -> str:
    wanted = (
        "ratings are read from CSV, TSV, JSON lines, Parquet (text also as .gz), RecBole's "
        "atomic files, and the layouts that `coldbench data list` names"
    )
    if len(members) == 1 and members[0].label == where:
        return f"{where} is {members[0].nature}; {wanted}"
    found = ", ".join(f"{shorten(m.name)} ({m.nature})" for m in members[:5])
    more = f" and {len(members) - 5} more" if len(members) > 5 else ""
    return f"{shorten(where, 200)} holds no table: found {found or 'no file'}{more}; {wanted}"


def _unused(ratings: Sheet, rest: Sequence[str], columns: Mapping[str, str]) -> str:
    """Columns that are not read, and where content would be."""
    listed, item = shorten(", ".join(rest), 200), shorten(columns["item"])
    return (
        f"not used of {ratings.name}: {listed}; content is read from other files of a folder, such "
        f"as a table with {item}, once for each item, and its content"
    )


def _ratings(where: str, sheets: Sequence[Sheet], choice: Choice) -> tuple[Sheet, dict[str, str]]:
    wanted = _wanted(sheets, choice.ratings)
    found, faults = [], []
    for sheet in wanted or sheets:
        try:
            columns = rating_columns(sheet.names, choice.columns, sheet.label)
        except (DataError, UsageError) as error:
            faults.append(error)
            continue
        if "role" in columns and "role" not in choice.columns and not _splits(sheet, columns):
            del columns["role"]
        found += [(sheet, columns)] if set(NEEDED) <= columns.keys() else []
    if len(found) == 1:
        return found[0]
    if found and len(found) == len(wanted):
        return _one_below_the_other(where, found)
    if found:
        names = [_file(sheet) for sheet, _ in found]
        raise DataError(
            f"{shorten(where, 200)}: {', '.join(names)} all have users, items and ratings; "
            "say which with --set dataset.ratings=FILE, or that they are parts of one, with "
            f"--set dataset.ratings={','.join(names)}"
        )
    if faults:
        raise faults[0]
    raise DataError(_lacking(where, wanted or sheets, choice))


def _wanted(sheets: Sequence[Sheet], named: str) -> list[Sheet]:
    """The tables that were named, one or several between commas."""
    files = {name: sheet for sheet in sheets for name in (sheet.label, _file(sheet))}
    names = [named] if named in files or not named else named.split(",")
    for name in filter(None, names):
        if name not in files:
            raise unknown("file of ratings", name, map(_file, sheets))
    return [files[name] for name in names if name]


def _one_below_the_other(
    where: str, found: Sequence[tuple[Sheet, dict[str, str]]]
) -> tuple[Sheet, dict[str, str]]:
    sheets, columns = [sheet for sheet, _ in found], found[0][1]
    for sheet, others in found[1:]:
        if others != columns:
            raise DataError(
                f"{shorten(where, 200)}: {sheets[0].name} has {_listed(columns)}, {sheet.name} has "
                f"{_listed(others)}; parts of one table have the same columns"
            )
    return JoinedSheet(sheets), columns


def _listed(columns: Mapping[str, str]) -> str:
    return shorten(", ".join(columns.values()), 120)


def _file(sheet: Sheet) -> str:
    """The file's own name, with `.gz`."""
    return PurePath(sheet.label).name


def _splits(sheet: Sheet, columns: Mapping[str, str]) -> bool:
    cells = sheet.sample(columns["role"])
    return bool(cells) and all(cell.strip().lower() in SPLITS for cell in cells)


def _lacking(where: str, sheets: Sequence[Sheet], choice: Choice) -> str:
    """Of the table that has most of what is needed: what it lacks, its columns, the flag."""
    chosen = choice.columns if len(sheets) == 1 else {}
    scored = [(rating_columns(s.names, chosen, s.label), s) for s in sheets]
    if not scored:
        return f"{shorten(where, 200)}: the table is empty"
    columns, sheet = max(scored, key=lambda pair: (_is_called(pair[1]), len(pair[0])))
    lacking = [ours for ours in NEEDED if ours not in columns]
    flags = " ".join(f"--set dataset.columns.{ours}=NAME" for ours in lacking)
    listed = shorten(", ".join(sheet.names), 300)
    if not getattr(sheet, "headed", True):
        flags = flags.replace("NAME", "NUMBER")
        listed = f"{listed}: it has no header row"
    if len(sheet.names) == 1:
        listed += "; is it a table with a separator?"
    return (
        f"{sheet.label}: no column is called like the {' or the '.join(lacking)}; "
        f"say which with {flags} (columns: {listed})"
    )


def _is_called(sheet: Sheet) -> bool:
    """Whether the file's name says that it holds ratings."""
    return any(word in sheet.name.lower() for word in ("rating", "review", "interaction"))


def _joined(sheet: Sheet, columns: Mapping[str, str]) -> tuple[ContentPlan | None, str]:
    """The table as content of users or of items, or why it is neither."""
    if not getattr(sheet, "headed", True):
        return None, f"not read: {sheet.name} (it has no header row, so that nobody knows its ids)"
    owners: tuple[Owner, ...] = ("user", "item")
    found = [(o, id_column(sheet.names, o, columns[o], sheet.name)) for o in owners]
    keys = {owner: key for owner, key in found if key}
    same = {o: key for o, key in keys.items() if plain_name(key) == plain_name(columns[o])}
    keys = same if len(same) == 1 else keys
    if len(keys) == 1:
        owner, key = next(iter(keys.items()))
        return ContentPlan(sheet, owner, key), ""
    reason = "both a user and an item id" if keys else "no user or item id"
    listed = shorten(", ".join(sheet.names), 120)
    return None, f"not read: {sheet.name} ({reason}; its columns are {listed})"


def _guessed(plan: ContentPlan, kinds: Mapping[str, Kind]) -> tuple[ContentPlan, list[str]]:
    sheet, cells = plan.sheet, plan.sheet.cells
    names = [name for name in sheet.names if name != plan.id]
    title = title_column(names) if plan.owner == "item" else ""
    fields, said = [], [f"{plan.owner}s: {sheet.name}, {sheet.form}, by {shorten(plan.id)}"]
    for name in names:
        field = _field(name, cells, kinds.get(name))
        if name == title and name not in kinds:
            said.append(f"{name}: the display name")
        elif isinstance(field, str):
            said.append(f"{name}: left out ({field})")
        else:
            fields.append(field._replace(name=_free(field.name)))
            said.append(f"{name}: {field.said}")
    dated = bool(title) and _dated(cells.columns[title]) and not any(map(is_year, names))
    said += ["release_year: a number, the year at the end of the display name"] if dated else []
    done = plan._replace(title=title, year_in_title=dated, fields=tuple(fields))
    return done, said


def _field(name: str, cells: Cells, declared: Kind | None) -> FieldPlan | str:
    if name in cells.nested:
        return "objects"
    return field_of(name, cells.columns[name], declared)


def _free(name: str) -> str:
    """A name that is none of the columns that `build` keeps for itself."""
    return f"{name}_" if name in ("user", "item", "title") else name


def _dated(titles: list[Any]) -> bool:
    known = [title for title in titles if isinstance(title, str) and title]
    return sum(bool(split_year(title)[1]) for title in known) > 0.5 * len(known)
