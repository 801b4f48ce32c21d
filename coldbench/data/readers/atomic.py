"""The plugin for any folder of RecBole atomic files; `atomic_files.py` reads them."""

from pathlib import Path
from typing import Any, ClassVar

from pydantic import field_validator

from coldbench.data.dataset import Dataset, Options, content_key
from coldbench.data.ratings import Ratings, Scale
from coldbench.data.raw.layouts import GROUPLENS, atomic_layout
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.raw.source import atomic_name, read_source
from coldbench.errors import UsageError

__all__ = ["Atomic"]


class Atomic(Dataset):
    """A folder of atomic files; the data set is named after its NAME.inter."""

    class Config(Options):
        """path: the folder; scale: `low,high,step`, if not to be inferred from the ratings."""

        path: Path | None = None
        scale: tuple[float, float, float] | None = None

        @field_validator("scale", mode="before")
        @classmethod
        def _from_text(cls, value: object) -> object:
            return value.split(",") if isinstance(value, str) else value

        @field_validator("scale")
        @classmethod
        def _ordered(cls, value: tuple[float, float, float] | None) -> object:
            if value and not (value[0] <= value[1] and value[2] > 0):
                raise ValueError("give low,high,step with low <= high and step > 0")
            return value

    summary: ClassVar[str] = "any folder of RecBole atomic files: NAME.inter, NAME.user, NAME.item"
    licence: ClassVar[str] = "that of the files"
    source: ClassVar[str] = "https://recbole.io/docs/user_guide/data/atomic_files.html"
    config: Config

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        if config.path is None:
            raise UsageError("atomic files need a folder: --dataset PATH")
        self.folder: Path = config.path.expanduser()
        self._files: dict[str, RawFile] | None = None

    def key(self) -> str:
        contents = {name: raw.data for name, raw in self._read().items()}
        options = {"scale": self.config.scale, "name": atomic_name(self.folder)}
        return content_key("atomic", options, contents)

    def load(self) -> Ratings:
        from coldbench.data.readers.atomic_files import read_atomic

        name = atomic_name(self.folder)
        scale = Scale(*self.config.scale) if self.config.scale else None
        licence = GROUPLENS if name.startswith("ml-") else self.licence
        return read_atomic(name, self._read(), scale, licence)

    def _read(self) -> dict[str, RawFile]:
        if self._files is None:
            layout = atomic_layout(atomic_name(self.folder))
            self._files = read_source(self.folder, [layout])[1]
        return self._files
