"""Archives that attack or are damaged: refused by name within two seconds, nothing written."""

import io
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from coldbench.data import import_raw, open_dataset
from coldbench.data.homes import data_home
from coldbench.errors import DataError
from tests.data.files import ML_1M, zip_bytes

GOOD = zip_bytes(ML_1M, "ml-1m")


def plus(name: str, data: bytes = b"x", mode: int = 0) -> bytes:
    """A good archive with one more member."""
    buffer = io.BytesIO(GOOD)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, data)
    return buffer.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def twice() -> bytes:
    buffer = io.BytesIO(GOOD)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("ml-1m/users.dat", b"1::F::1::10::1\n")
    return buffer.getvalue()


def crc() -> bytes:
    place = GOOD.index(b"ml-1m/ratings.dat") + len(b"ml-1m/ratings.dat") + 5
    return GOOD[:place] + bytes([GOOD[place] ^ 0xFF]) + GOOD[place + 1 :]


def lying_size() -> bytes:
    """The directory promises fewer bytes than the member holds."""
    data = bytearray(GOOD)
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"ml-1m/ratings.dat"))
    data[place + 24 : place + 28] = struct.pack("<I", 3)
    return bytes(data)


def crowd() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(30_000):
            archive.writestr(f"{number}", b"")
    return buffer.getvalue()


def giant() -> bytes:
    """Members that compress well, each below the ratio of a bomb, promise too much together."""
    data = bytearray(zip_bytes({**ML_1M, "a": bytes(9000)}, "ml-1m"))
    for name in (b"ml-1m/a", b"ml-1m/ratings.dat"):
        place = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
        data[place + 20 : place + 28] = struct.pack("<II", 5 << 20, 300 << 20)
    return bytes(data)


ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "climbs": (lambda: plus("../evil"), "leaves the folder"),
    "climbs inside": (lambda: plus("ml-1m/../../evil"), "leaves the folder"),
    "absolute": (lambda: plus("/etc/evil"), "absolute"),
    "drive": (lambda: plus("C:/evil"), "absolute"),
    "backslash": (lambda: plus("..\\evil"), "absolute"),
    "link": (lambda: plus("ml-1m/x", b"/etc/passwd", 0o120777), "is a link"),
    "bomb": (lambda: plus("ml-1m/zeros", b"\0" * (20 << 20)), "would unpack to"),
    "giant": (giant, "refused: would unpack to"),
    "duplicate": (twice, "occurs twice"),
    "crowd": (crowd, "far more members"),
    "truncated": (lambda: GOOD[: len(GOOD) // 2], "truncated"),
    "short tail": (lambda: GOOD[:-5], "truncated"),
    "empty": (lambda: b"", "no zip archive but an empty file"),
    "web page": (lambda: b"\n<!DOCTYPE html><html>404</html>", "web page"),
    "crc": (crc, "damaged archive"),
    "lying size": (lying_size, ""),
    "text": (lambda: b"hello", "no zip archive but a text file"),
    "lacks a file": (lambda: zip_bytes({"users.dat": b""}), "lacks movies.dat, ratings.dat"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("attack", list(ATTACKS))
def test_hostile_archives_are_refused(tmp_path: Path, attack: str) -> None:
    make, message = ATTACKS[attack]
    path = tmp_path / "ml-1m.zip"
    path.write_bytes(make())
    before = sorted(tmp_path.rglob("*"))
    for use in (lambda: import_raw("ml-1m", path), lambda: open_dataset(str(path))):
        begin = time.process_time()
        with pytest.raises(DataError) as caught:
            use()
        assert time.process_time() - begin < 2
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before
    assert not list(data_home().rglob("*.dat"))


def test_beyond_a_limit_the_whole_may_unpack_to_a_multiple_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coldbench.data.raw.archive.ALWAYS_UNPACKED", 0)
    path = tmp_path / "ml-1m.zip"
    path.write_bytes(GOOD)
    assert len(open_dataset(str(path))) == 5
    path.write_bytes(plus("ml-1m/README", b"\0" * (1 << 19)))
    with pytest.raises(DataError, match="would unpack to 52"):
        open_dataset(str(path))


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    data = bytearray(GOOD)
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(DataError, match="encrypted"):
        import_raw("ml-1m", tmp_path / "x.zip")
