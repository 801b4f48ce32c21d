"""Which column is user, item, rating, time or split, by its name."""

from collections.abc import Mapping, Sequence

from coldbench.errors import DataError, UsageError, shorten, unknown

__all__ = ["OURS", "id_column", "plain_name", "rating_columns", "title_column"]

OURS = ("user", "item", "rating", "timestamp", "role")
USERS = (
    "user reader customer reviewer viewer member person account client player listener visitor "
    "student learner patient critic worker profile"
)
ITEMS = (
    "item movie film book isbn business asin parentasin product anime joke song track album artist "
    "game app recipe restaurant place venue hotel beer wine article course video show manga poi "
    "podcast gmap sku doc paper"
)
RATINGS = (
    "rating ratings score scores stars star overall rate bookrating userrating reviewrating "
    "starrating reviewscore reviewoverall userscore ratingvalue myrating ratingscore grade"
)
TIMES = (
    "timestamp time unixreviewtime unixtime date when createdat datetime ratingtime ratingdate "
    "ratedat reviewtime reviewdate created ts dateadded createtime reviewcreatedat tstamp at"
)
ROLES = "split role subset partition"
TITLES = (
    "title movietitle booktitle itemtitle producttitle filmtitle name moviename bookname itemname "
    "productname englishtitle primarytitle originaltitle"
)
FLAG = "--set dataset.columns.{}=NAME"


def plain_name(name: str) -> str:
    """Lower case, letters and digits only, without the type of RecBole's headers: `userid`."""
    text = name.partition(":")[0] if ":" in name else name
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def rating_columns(
    names: Sequence[str], chosen: Mapping[str, str | int], where: str
) -> dict[str, str]:
    """Ours to theirs, chosen or guessed; the columns that are lacking are left out.

    Raises DataError when two columns could be the user, item or rating.
    """
    found = {ours: _chosen(names, ours, theirs, where) for ours, theirs in chosen.items()}
    rest = [name for name in names if name not in found.values()]
    candidates = {
        "user": _ids(rest, USERS),
        "item": _ids(rest, ITEMS),
        "rating": _by_name(rest, RATINGS),
        "timestamp": _by_name(rest, TIMES)[:1],
        "role": _by_name(rest, ROLES)[:1],
    }
    for ours, columns in candidates.items():
        if ours not in found and columns:
            found[ours] = _only(ours, columns, rest, where)
    return found


def is_known(name: str) -> bool:
    """Whether a user, an item, a rating, a time or a title could be called so."""
    some = (*_ids([name], USERS), *_ids([name], ITEMS))
    return bool(some or any(_by_name([name], words) for words in (RATINGS, TIMES, ROLES, TITLES)))


def id_column(names: Sequence[str], owner: str, used: str, file: str) -> str | None:
    """The id by which a content table is joined: called as in the ratings, as ids are, or `id` in
    a file called by what it lists, as movies.csv."""
    same = [name for name in names if plain_name(name) == plain_name(used)]
    if same:
        return same[0]
    known = USERS if owner == "user" else ITEMS
    thing = plain_name(used).removesuffix("id")
    listed = any(plain_name(file).startswith(word) for word in (thing, owner) if word)
    alone = [name for name in names if listed and plain_name(name) == "id"]
    return _first(_ids(names, known) or alone)


def title_column(names: Sequence[str]) -> str:
    """The display name of items, or ""."""
    return _first(_by_name(names, TITLES)) or ""


def _chosen(names: Sequence[str], ours: str, theirs: str | int, where: str) -> str:
    if ours not in OURS:
        raise unknown("option", f"dataset.columns.{ours}", [f"dataset.columns.{o}" for o in OURS])
    text = str(theirs)
    if text in names:
        return text
    if isinstance(theirs, int) and 1 <= theirs <= len(names):
        return names[theirs - 1]
    listed = shorten(", ".join(names), 300)
    raise UsageError(f"{where} has no column {shorten(text)} for {ours}; its columns are {listed}")


def _ids(names: Sequence[str], known: str) -> list[str]:
    """Columns called by a known thing with `id` or the like, then those called by it alone."""
    things = known.split()
    forms = [[f"{thing}{end}" for thing in things] for end in ("id", "key", "index", "no", "")]
    matches = [[name for name in names if plain_name(name) in form] for form in forms]
    return next((found for found in matches if found), [])


def _by_name(names: Sequence[str], known: str) -> list[str]:
    by_name = {plain_name(name): name for name in reversed(names)}
    return [by_name[word] for word in known.split() if word in by_name]


def _only(ours: str, found: list[str], names: Sequence[str], where: str) -> str:
    if len(found) > 1:
        raise DataError(
            f"{where}: {' or '.join(map(shorten, found))} could be the {ours}; say which with "
            f"{FLAG.format(ours)} (columns: {shorten(', '.join(names), 300)})"
        )
    return found[0]


def _first(found: Sequence[str]) -> str | None:
    return found[0] if found else None
