"""The plugin for the Book-Crossing dump; `bookcrossing_dump.py` reads it."""

from typing import ClassVar

from coldbench.data.cleaning import RawOptions
from coldbench.data.dataset import Dataset, content_key
from coldbench.data.ratings import Ratings
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.rawdata import raw_files

__all__ = ["BookCrossing"]


class BookCrossing(Dataset):
    """433,671 explicit ratings, 1 to 10, of books; read from the dump that its author published."""

    Config = RawOptions
    summary: ClassVar[str] = (
        "Book-Crossing: explicit ratings 1..10 of books; import the dump or its comma files"
    )
    licence: ClassVar[str] = "research use; cite Ziegler et al. 2005, WWW, 10.1145/1060745.1060754"
    source: ClassVar[str] = "BX-CSV-Dump.zip by Cai-Nicolas Ziegler (no longer served)"
    config: RawOptions
    _raw: dict[str, RawFile] | None = None

    def key(self) -> str:
        contents = {name: raw.data for name, raw in self._files().items()}
        return content_key("book-crossing", self.config.departures, contents)

    def load(self) -> Ratings:
        from coldbench.data.readers.bookcrossing_dump import read_book_crossing

        return read_book_crossing(self._files(), self.licence, self.config)

    def _files(self) -> dict[str, RawFile]:
        self._raw = self._raw or raw_files("book-crossing", self.config.path)[1]
        return self._raw
