"""The sheet of a file, by what the file is."""

from coldbench.data.raw.members import Member
from coldbench.data.tables.json_sheet import JsonSheet
from coldbench.data.tables.parquet_sheet import ParquetSheet
from coldbench.data.tables.sheet import Sheet
from coldbench.data.tables.text_sheet import TextSheet

__all__ = ["open_sheet"]


def open_sheet(member: Member) -> Sheet:
    """Reads the first bytes of text, all of a Parquet file; raises DataError."""
    if member.nature == "JSON lines":
        return JsonSheet(member)
    return ParquetSheet(member) if member.nature == "a Parquet file" else TextSheet(member)
