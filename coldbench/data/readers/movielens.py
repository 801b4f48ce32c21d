"""The official GroupLens files of MovieLens-1M and MovieLens-100K, as folders or zip archives.

`movielens_1m.py` and `movielens_100k.py` parse them; a copy in RecBole's atomic files is read too.
"""

from pathlib import Path
from typing import ClassVar

from coldbench.data.dataset import Dataset, Options, content_key
from coldbench.data.ratings import Ratings
from coldbench.data.raw.layouts import GROUPLENS, Layout
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.rawdata import raw_files

__all__ = ["MovieLens1M", "MovieLens100K"]


class MovieLensOptions(Options):
    """path: a folder or zip archive; without it the imported copy in the data home is read."""

    path: Path | None = None


class MovieLens1M(Dataset):
    """1,000,209 ratings of 3,706 films by 6,040 users, 2000 to 2003."""

    Config = MovieLensOptions
    summary: ClassVar[str] = "MovieLens-1M: 1,000,209 ratings by 6,040 users; download or import it"
    licence: ClassVar[str] = GROUPLENS
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/1m/"
    config: MovieLensOptions
    _raw: tuple[Layout, dict[str, RawFile]] | None = None

    def key(self) -> str:
        return _key("ml-1m", *self._files())

    def load(self) -> Ratings:
        from coldbench.data.readers.movielens_1m import read_movielens_1m

        layout, files = self._files()
        if layout.name == "atomic":
            return _atomic("ml-1m", files)
        return read_movielens_1m(files, GROUPLENS)

    def _files(self) -> tuple[Layout, dict[str, RawFile]]:
        self._raw = self._raw or raw_files("ml-1m", self.config.path)
        return self._raw


class MovieLens100K(Dataset):
    """100,000 ratings of 1,682 films by 943 users, 1997 to 1998."""

    Config = MovieLensOptions
    summary: ClassVar[str] = "MovieLens-100K: 100,000 ratings by 943 users; download or import it"
    licence: ClassVar[str] = GROUPLENS
    source: ClassVar[str] = "https://grouplens.org/datasets/movielens/100k/"
    config: MovieLensOptions
    _raw: tuple[Layout, dict[str, RawFile]] | None = None

    def key(self) -> str:
        return _key("ml-100k", *self._files())

    def load(self) -> Ratings:
        from coldbench.data.readers.movielens_100k import read_movielens_100k

        layout, files = self._files()
        if layout.name == "atomic":
            return _atomic("ml-100k", files)
        return read_movielens_100k(files, GROUPLENS)

    def _files(self) -> tuple[Layout, dict[str, RawFile]]:
        self._raw = self._raw or raw_files("ml-100k", self.config.path)
        return self._raw


def _key(name: str, layout: Layout, files: dict[str, RawFile]) -> str:
    contents = {file: raw.data for file, raw in files.items()}
    return content_key(f"{name}/{layout.name}", {}, contents)


def _atomic(name: str, files: dict[str, RawFile]) -> Ratings:
    from coldbench.data.readers.atomic_files import read_atomic

    return read_atomic(name, files, licence=GROUPLENS)
