"""The bytes of a pack: the same for equal members, wherever they are written."""

import io
import zipfile
from collections.abc import Mapping

__all__ = ["packed"]

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first that zip knows


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip archive in the order of the members.

    Stored, not deflated: builds of zlib differ in their bytes. A wheel, a repository and a web
    server compress the file themselves.
    """
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, data)
    return sink.getvalue()
