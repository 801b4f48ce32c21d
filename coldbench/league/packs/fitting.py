"""Does a pack fit this coldbench and these data? Two things that differ, and what mends it."""

from pydantic import ValidationError

from coldbench import __version__, registry
from coldbench.data import Ratings, open_dataset
from coldbench.errors import DataError, StoreError, UsageError, shorten
from coldbench.league.packs.asking import Asked
from coldbench.league.packs.index import known_packs
from coldbench.study import Manifest
from coldbench.tasks import PROTOCOLS
from coldbench.text import plain

__all__ = ["check_data", "check_protocol", "open_data"]


def check_protocol(asked: Asked, plan: Manifest) -> None:
    """Raises StoreError for a protocol, or a version of one, that this coldbench does not give."""
    name, options = plan.fixed["protocol"], plan.fixed["protocol_options"]
    title, there = asked.pack.title, options.get("version", 1)
    if name not in PROTOCOLS:
        raise StoreError(f"{title} is of protocol {shorten(name)}, which this coldbench lacks")
    here = PROTOCOLS[name].model_fields["version"].default
    if there != here:
        raise StoreError(
            f"{title} is of version {shorten(there)[1:-1]} of the protocol {name}, this coldbench "
            f"gives version {here}, whose test tasks are others: "
            f"{_other_release(asked, name, here)}"
        )
    try:
        PROTOCOLS[name].model_validate(options)
    except ValidationError as error:
        reason = shorten(" ".join(str(error).split()), 200)
        raise StoreError(f"{title} has a {name} that this coldbench does not take: {reason}") from (
            None
        )


def _other_release(asked: Asked, protocol: str, version: int) -> str:
    facts = asked.pack.facts
    for one in known_packs():
        same = (one.name, one.protocol, one.protocol_version) == (facts.name, protocol, version)
        if same:
            return f"`coldbench enter {asked.learner} --reference {one.title}`"
    theirs = facts.versions[-1] if facts.versions else "unknown"
    if theirs in (__version__, "unknown"):
        return "`coldbench reference list` shows the packs of this coldbench"
    return f"`pip install coldbench=={plain(theirs)}` is what made the pack"


def open_data(asked: Asked, plan: Manifest) -> Ratings:
    """The data that the pack was made of; raises UsageError or DataError where they are not."""
    name = str(plan.fixed["dataset"])
    if not asked.data and name not in registry.names("dataset"):
        obtain = plain(asked.pack.facts.obtain) or "see its edition"
        raise UsageError(
            f"{asked.pack.title} was made of {shorten(name)}, which no reader finds by its name: "
            f"say where it is with --data FOLDER (to get it: {obtain})"
        )
    options = {**plan.dataset_options, **asked.chosen.dataset_options}
    ratings = open_dataset(asked.data or name, options)
    check_data(asked, plan, ratings)
    return ratings


def check_data(asked: Asked, plan: Manifest, ratings: Ratings) -> None:
    """Raises DataError for another edition, with what differs: ratings, content, or neither."""
    fixed, there = plan.fixed, plan.data
    if ratings.sha256 != fixed["dataset_sha256"]:
        if not there.rows_sha256:
            what = "other data, by their fingerprint"
        elif ratings.rows_sha256 != there.rows_sha256:
            what = _ratings(len(ratings), there.ratings)
        elif ratings.content_sha256 != there.content_sha256:
            what = "the same ratings with other content of users or items"
        else:
            what = "the same ratings and content with other titles, times or scale"
        raise DataError(_edition(asked, what))
    if ratings.name != fixed["dataset"]:
        raise DataError(
            f"these are the data of {asked.pack.title} under another name, {shorten(ratings.name)} "
            f"instead of {shorten(fixed['dataset'])}: rename their folder and files"
        )


def _ratings(here: int, there: int) -> str:
    counts = f"{here:,} as there" if here == there else f"{here:,} here, {there:,} there"
    return f"other ratings ({counts})"


def _edition(asked: Asked, what: str) -> str:
    facts = asked.pack.facts
    edition = f" ({plain(facts.edition)})" if facts.edition else ""
    get = (
        f"get that edition: {plain(facts.obtain)}, then " if facts.obtain else "name that edition: "
    )
    command = f"coldbench enter {asked.learner} --reference {facts.title} --data FOLDER"
    return (
        f"{asked.data or plain(facts.dataset)} is another edition of the data than that of "
        f"{facts.title}{edition}: {what}; {get}`{command}`"
    )
