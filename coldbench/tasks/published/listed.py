"""Tasks as a file lists them, by raw id: what every format is read into, and what is kept.

Kept as a Parquet file without the ratings that the file may state, so that no test target lies
beside the prepared data.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coldbench.data import Array
from coldbench.errors import DataError

__all__ = ["QUERY", "SUPPORT", "TO_DIVIDE", "TRAIN", "VALIDATION", "Listed"]

TRAIN, VALIDATION, SUPPORT, QUERY = 1, 2, 3, 4  # places in `coldbench.data.ROLES`
TO_DIVIDE = 5  # of a test task that is not yet divided into support and query
COLUMNS = {"user": "str", "item": "str", "role": "int8", "task": "int64", "scenario": "int8"}


@dataclass(frozen=True, eq=False)
class Listed:
    """L lines. user, item: raw ids, str [L]; role int8 [L]; task int64 [L], the lines of one task
    share it, -1 where each user has one; scenario int8 [L], an index into SCENARIOS, -1 where the
    training rows decide; value float64 [L], NaN where the file states none.
    """

    user: Array
    item: Array
    role: Array
    task: Array
    scenario: Array
    value: Array

    def __len__(self) -> int:
        return len(self.user)

    def write(self, path: Path) -> None:
        """All but the values; raises OSError."""
        columns = {name: pa.array(getattr(self, name)) for name in COLUMNS}
        pq.write_table(pa.table(columns), path, write_page_checksum=True)

    @classmethod
    def read(cls, path: Path) -> "Listed":
        """What `write` wrote; raises DataError for damage."""
        try:
            table = pq.read_table(path, use_threads=False, page_checksum_verification=True)
            arrays = {
                name: np.asarray(table[name].to_numpy(zero_copy_only=False), kind)
                for name, kind in COLUMNS.items()
            }
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise DataError(f"{path} is damaged: {' '.join(str(error).split())[:200]}") from None
        return cls(**arrays, value=np.full(table.num_rows, np.nan))
