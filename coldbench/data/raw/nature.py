"""What a file is, by its first bytes: in words that say what to do about the wrong ones."""

from coldbench.data.raw.rawfile import BOM

__all__ = ["HEAD", "nature"]

HEAD = 1 << 16
"""As many first bytes as tell what a file is, and how its columns are cut and called."""
SIGNATURES = (
    (b"PK\x05\x06", "an empty zip archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file: unpack it first"),
    (b"\xfd7zXZ\x00", "an xz file: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook: save it as CSV"),
    (b"SQLite format 3", "an SQLite database: export the table as CSV"),
    (b"\x89HDF", "an HDF5 file: export it as CSV or Parquet"),
    (b"ARROW1", "an Arrow file: save it as Parquet"),
    (b"FEA1", "a Feather file: save it as Parquet"),
    (b"\x93NUMPY", "a NumPy array: export it as CSV with named columns"),
    (b"MATLAB", "a MATLAB file: export it as CSV"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xfe", "a text in UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "a text in UTF-16: save it as UTF-8"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the file: run `git lfs pull`"),
)
WEB_PAGES = (b"<!doctype", b"<html", b"<head")
PICKLE = "a pickle: refused, since opening it would run its code; save it as Parquet or CSV"


def nature(head: bytes) -> str:
    """`a text file`, `JSON lines`, or what else a file with these first bytes is."""
    if not head:
        return "an empty file"
    for signature, words in SIGNATURES:
        if head.startswith(signature):
            return "an Excel workbook: save it as CSV" if _is_workbook(head) else words
    if head[257:262] == b"ustar":
        return "a tar archive: unpack it first"
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return PICKLE
    if b"\0" in head:
        return "no text: it holds NUL bytes"
    return _text(head.removeprefix(BOM).lstrip())


def _is_workbook(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04") and (b"[Content_Types].xml" in head or b"xl/" in head)


def _text(start: bytes) -> str:
    if start[:20].lower().startswith(WEB_PAGES):
        return "a web page; download the file again"
    if start[:5].lower() == b"<?xml":
        return "an XML document"
    if start[:1] == b"{":
        return "JSON lines"
    if start[:1] == b"[":
        return "a JSON list: write one object a line (JSON lines)"
    return "a text file"
