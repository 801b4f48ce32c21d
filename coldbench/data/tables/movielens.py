"""The MovieLens editions without users, by their layouts in `presets.toml`."""

from collections.abc import Mapping

from coldbench.data.cleaning import RawOptions
from coldbench.data.ratings import Ratings
from coldbench.data.raw.members import in_memory
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.tables.presets import preset_plan
from coldbench.data.tables.reading import read_plan
from coldbench.errors import DataError

__all__ = ["read_movielens"]


def read_movielens(name: str, files: Mapping[str, RawFile], options: RawOptions) -> Ratings:
    """Ratings from ratings.csv and movies.csv, or from ratings.dat and movies.dat of 10M."""
    members = [in_memory(file, raw) for file, raw in files.items()]
    plan = preset_plan(members, "movielens-10m" if "ratings.dat" in files else "movielens")
    if plan is None:
        raise DataError(f"{name}: not its files")
    return read_plan(plan._replace(name=name, editions={}, published=0), options)
