"""A pack by its name: from the wheel, from what was downloaded, or from its address."""

from pathlib import Path

from coldbench.data import data_home, fetched
from coldbench.errors import StoreError
from coldbench.league.packs.facts import SUFFIX
from coldbench.league.packs.index import Listed, find_listed
from coldbench.league.packs.opening import Pack, open_pack

__all__ = ["find_pack"]


def find_pack(text: str, file: Path | None = None) -> Pack:
    """The pack `NAME@RELEASE`, the latest release of `NAME`, or that in a file of this name.

    file: where the pack of that name was put by hand, for machines without a network. Raises
    UsageError for an unknown name, StoreError for an edited pack, DataError for a failed download.
    """
    if file is None and (text.endswith(SUFFIX) or "/" in text):
        return open_pack(Path(text).expanduser())
    listed = find_listed(text)
    pack = open_pack(file or _place(listed), listed.sha256)
    if pack.title != listed.title:
        raise StoreError(f"{pack.path} holds {pack.title}, not {listed.title}")
    return pack


def _place(listed: Listed) -> Path:
    return listed.packaged or _downloaded(listed)


def _downloaded(listed: Listed) -> Path:
    then = f"`coldbench reference get {listed.title} --file FILE`"
    file = data_home() / "packs" / f"{listed.title}{SUFFIX}"
    return fetched(listed.url, f"sha256:{listed.sha256}", file, then)
