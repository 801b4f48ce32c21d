"""The official GroupLens files of MovieLens-1M and MovieLens-100K, as folders or zip archives.

`movielens_1m.py` and `movielens_100k.py` parse them; a copy in RecBole's atomic files is read too.
"""

from typing import ClassVar

from coldbench.data.cleaning import RawOptions
from coldbench.data.dataset import Dataset, content_key
from coldbench.data.ratings import Ratings
from coldbench.data.raw.layouts import GROUPLENS, Layout
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.rawdata import raw_files

__all__ = ["MovieLens1M", "MovieLens100K"]


class MovieLens1M(Dataset):
    """1,000,209 ratings of 3,706 films by 6,040 users, 2000 to 2003."""

    Config = RawOptions
    summary: ClassVar[str] = "MovieLens-1M: 1,000,209 ratings by 6,040 users; download or import it"
    licence: ClassVar[str] = GROUPLENS
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/1m/"
    config: RawOptions
    _raw: tuple[Layout, dict[str, RawFile]] | None = None

    def key(self) -> str:
        return _key("ml-1m", *self._files(), self.config)

    def load(self) -> Ratings:
        from coldbench.data.readers.movielens_1m import read_movielens_1m

        layout, files = self._files()
        if layout.name == "atomic":
            return _atomic("ml-1m", files, self.config)
        return read_movielens_1m(files, GROUPLENS, self.config)

    def _files(self) -> tuple[Layout, dict[str, RawFile]]:
        self._raw = self._raw or raw_files("ml-1m", self.config.path)
        return self._raw


class MovieLens100K(Dataset):
    """100,000 ratings of 1,682 films by 943 users, 1997 to 1998."""

    Config = RawOptions
    summary: ClassVar[str] = "MovieLens-100K: 100,000 ratings by 943 users; download or import it"
    licence: ClassVar[str] = GROUPLENS
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/100k/"
    config: RawOptions
    _raw: tuple[Layout, dict[str, RawFile]] | None = None

    def key(self) -> str:
        return _key("ml-100k", *self._files(), self.config)

    def load(self) -> Ratings:
        from coldbench.data.readers.movielens_100k import read_movielens_100k

        layout, files = self._files()
        if layout.name == "atomic":
            return _atomic("ml-100k", files, self.config)
        return read_movielens_100k(files, GROUPLENS, self.config)

    def _files(self) -> tuple[Layout, dict[str, RawFile]]:
        self._raw = self._raw or raw_files("ml-100k", self.config.path)
        return self._raw


def _key(name: str, layout: Layout, files: dict[str, RawFile], options: RawOptions) -> str:
    contents = {file: raw.data for file, raw in files.items()}
    return content_key(f"{name}/{layout.name}", options.departures, contents)


def _atomic(name: str, files: dict[str, RawFile], options: RawOptions) -> Ratings:
    from coldbench.data.readers.atomic_files import read_atomic

    return read_atomic(name, files, options.given_scale, GROUPLENS, options.cleaning)
