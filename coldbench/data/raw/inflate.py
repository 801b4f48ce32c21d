"""Gzip files, unpacked with the limits that archives have."""

import io
import zlib

from coldbench.data.raw.archive import MAX_RATIO, MAX_UNPACKED, RATIO_FLOOR
from coldbench.errors import DataError, shorten

__all__ = ["gunzip", "gunzip_head"]

BLOCK = 1 << 22
GZIP = 16 + zlib.MAX_WBITS


def gunzip(label: str, data: bytes) -> bytes:
    """The unpacked bytes; raises DataError for damage, truncation and bombs."""
    limit = min(max(RATIO_FLOOR, MAX_RATIO * len(data)), MAX_UNPACKED)
    unpacked, rest = io.BytesIO(), data
    while rest:
        stream = zlib.decompressobj(GZIP)
        wanted = rest
        while not stream.eof:
            block = _step(label, stream, wanted, BLOCK)
            wanted = stream.unconsumed_tail
            unpacked.write(block)
            if unpacked.tell() > limit:
                raise DataError(f"{label}: refused: unpacks to more than {limit} bytes")
            if not block and not wanted and not stream.eof:
                raise DataError(f"{label}: truncated gzip file; download it again")
        rest = stream.unused_data.lstrip(b"\0")
    return unpacked.getvalue()


def gunzip_head(label: str, data: bytes, size: int) -> bytes:
    """The first bytes, at most `size`, unpacked from the first bytes of a gzip file."""
    return _step(label, zlib.decompressobj(GZIP), data, size)


def _step(label: str, stream: "zlib._Decompress", data: bytes, size: int) -> bytes:
    try:
        return stream.decompress(data, size)
    except zlib.error as error:
        raise DataError(f"{label}: damaged gzip file: {shorten(error)}") from error
