"""The official GroupLens files of MovieLens, edition by edition, as folders or zip archives.

`movielens_1m.py` and `movielens_100k.py` parse the two editions with users, a layout of
`coldbench/data/tables` the others; a copy in RecBole's atomic files is read too.
"""

from functools import cached_property
from typing import ClassVar

from coldbench.data.cleaning import RawOptions
from coldbench.data.dataset import Dataset, content_key
from coldbench.data.published import Published, altered, with_oddities
from coldbench.data.ratings import Ratings
from coldbench.data.raw.layouts import GROUPLENS, Layout
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.rawdata import raw_files

__all__ = [
    "MovieLens1M", "MovieLens10M", "MovieLens20M", "MovieLens25M", "MovieLens32M",
    "MovieLens100K", "MovieLensLatestSmall",
]  # fmt: skip


class _MovieLens(Dataset):
    """One edition; `published` names it and says how large it is."""

    Config = RawOptions
    licence: ClassVar[str] = GROUPLENS
    published: ClassVar[Published]
    config: RawOptions

    def key(self) -> str:
        layout, files = self._files
        contents = {file: raw.data for file, raw in files.items()}
        reader = f"{self.published.name}/{layout.name}"
        return content_key(reader, self.config.departures, contents)

    def load(self) -> Ratings:
        from coldbench.data.readers.atomic_files import read_atomic

        layout, files = self._files
        with altered(self.published):
            if layout.name == "atomic":
                given, cleaning = self.config.given_scale, self.config.cleaning
                return read_atomic(self.published.name, files, given, GROUPLENS, cleaning)
            found = self._read(files)
            whole = self.config.users is None  # a part has not as many ratings as were published
            return with_oddities(found, self.published) if whole else found

    def _read(self, files: dict[str, RawFile]) -> Ratings:
        from coldbench.data.tables.movielens import read_movielens

        return read_movielens(self.published.name, files, self.config)

    @cached_property
    def _files(self) -> tuple[Layout, dict[str, RawFile]]:
        return raw_files(self.published.name, self.config.path)


class MovieLens1M(_MovieLens):
    """1,000,209 ratings of 3,706 films by 6,040 users, 2000 to 2003."""

    summary: ClassVar[str] = "MovieLens-1M: 1,000,209 ratings by 6,040 users; download or import it"
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/1m/"
    published: ClassVar[Published] = Published("ml-1m", 1_000_209, 6_040, 3_952)

    def _read(self, files: dict[str, RawFile]) -> Ratings:
        from coldbench.data.readers.movielens_1m import read_movielens_1m

        return read_movielens_1m(files, GROUPLENS, self.config)


class MovieLens100K(_MovieLens):
    """100,000 ratings of 1,682 films by 943 users, 1997 to 1998."""

    summary: ClassVar[str] = "MovieLens-100K: 100,000 ratings by 943 users; download or import it"
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/100k/"
    published: ClassVar[Published] = Published("ml-100k", 100_000, 943, 1_682)

    def _read(self, files: dict[str, RawFile]) -> Ratings:
        from coldbench.data.readers.movielens_100k import read_movielens_100k

        return read_movielens_100k(files, GROUPLENS, self.config)


class MovieLensLatestSmall(_MovieLens):
    """100,836 ratings of 9,724 films by 610 users, 1996 to 2018; genres and years, no users."""

    summary: ClassVar[str] = "MovieLens, small: 100,836 ratings by 610 users; download or import it"
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/latest/"
    published: ClassVar[Published] = Published("ml-latest-small", 100_836, 610)


class MovieLens10M(_MovieLens):
    """10,000,054 ratings of 10,677 films by 69,878 users, 1995 to 2009."""

    summary: ClassVar[str] = "MovieLens-10M: 10,000,054 ratings by 69,878 users; download or import"
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/10m/"
    published: ClassVar[Published] = Published("ml-10m", 10_000_054)


class MovieLens20M(_MovieLens):
    """20,000,263 ratings of 26,744 films by 138,493 users, 1995 to 2015."""

    summary: ClassVar[str] = (
        "MovieLens-20M: 20,000,263 ratings by 138,493 users; download or import"
    )
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/20m/"
    published: ClassVar[Published] = Published("ml-20m", 20_000_263, 138_493)


class MovieLens25M(_MovieLens):
    """25,000,095 ratings of 59,047 films by 162,541 users, 1995 to 2019."""

    summary: ClassVar[str] = (
        "MovieLens-25M: 25,000,095 ratings by 162,541 users; download or import"
    )
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/25m/"
    published: ClassVar[Published] = Published("ml-25m", 25_000_095, 162_541)


class MovieLens32M(_MovieLens):
    """32,000,204 ratings of 84,432 films by 200,948 users, 1995 to 2023."""

    summary: ClassVar[str] = "MovieLens-32M: 32,000,204 ratings by 200,948 users; import it"
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/32m/"
    published: ClassVar[Published] = Published("ml-32m", 32_000_204, 200_948)
