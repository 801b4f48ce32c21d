"""The plugin for any folder of RecBole atomic files; `atomic_files.py` reads them."""

from pathlib import Path
from typing import Any, ClassVar

from coldbench.data.cleaning import RawOptions
from coldbench.data.dataset import Dataset, content_key
from coldbench.data.ratings import Ratings
from coldbench.data.raw.layouts import GROUPLENS, atomic_layout
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.raw.source import atomic_name, read_source
from coldbench.errors import UsageError

__all__ = ["Atomic"]


class Atomic(Dataset):
    """Atomic files in a folder or archive; the data set is named after its NAME.inter."""

    Config = RawOptions
    summary: ClassVar[str] = "any folder of RecBole atomic files: NAME.inter, NAME.user, NAME.item"
    licence: ClassVar[str] = "that of the files"
    source: ClassVar[str] = "https://recbole.io/docs/user_guide/data/atomic_files.html"
    config: RawOptions

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        if config.path is None:
            raise UsageError("atomic files need a folder: --dataset PATH")
        self.path: Path = config.path.expanduser()
        self._files: dict[str, RawFile] | None = None

    def key(self) -> str:
        contents = {name: raw.data for name, raw in self._read().items()}
        options = {**self.config.departures, "name": atomic_name(self.path)}
        return content_key("atomic", options, contents)

    def load(self) -> Ratings:
        from coldbench.data.readers.atomic_files import read_atomic

        name = atomic_name(self.path)
        licence = GROUPLENS if name.startswith("ml-") else self.licence
        return read_atomic(
            name, self._read(), self.config.given_scale, licence, self.config.cleaning
        )

    def _read(self) -> dict[str, RawFile]:
        if self._files is None:
            layout = atomic_layout(atomic_name(self.path))
            alone = self.path.suffix == ".inter" and self.path.is_file()
            self._files = read_source(self.path.parent if alone else self.path, [layout])[1]
        return self._files
