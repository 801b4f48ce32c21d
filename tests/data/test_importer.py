"""Importing and downloading raw data: all or nothing."""

import gc
import hashlib
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from coldbench.data import download, import_raw, open_dataset
from coldbench.errors import DataError, UsageError
from tests.data.files import BOOKS, EXTRA, ML_1M, ML_100K, edited, write, zip_bytes, zipped


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLDBENCH_DATA", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("name", "files"), [("ml-1m", ML_1M), ("ml-100k", ML_100K), ("book-crossing", BOOKS)]
)
def test_folder_and_archive(tmp_path: Path, name: str, files: dict[str, bytes]) -> None:
    place = import_raw(name, write(tmp_path / "in", {**files, "junk.txt": b"x"}))
    assert sorted(file.name for file in place.iterdir()) == sorted(files)
    first = open_dataset(name)
    place = import_raw(name, zipped(tmp_path / "in.zip", files, name))
    assert open_dataset(name).sha256 == first.sha256
    assert [entry.name for entry in place.parent.iterdir()] == [name]


def test_optional_files_come_along(tmp_path: Path) -> None:
    files = {**ML_1M, "movies_extrainfos.dat": EXTRA}
    import_raw("ml-1m", write(tmp_path / "in", files))
    names = [field.name for field in open_dataset("ml-1m").catalogue.item_fields]
    assert names == ["release_year", "mpaa_rating", "genre", "director", "actor"]


def test_atomic_edition(tmp_path: Path) -> None:
    data = b"user_id:token\titem_id:token\trating:float\n1\t1\t5\n"
    import_raw("ml-1m", write(tmp_path / "in", {"ml-1m.inter": data}))
    assert open_dataset("ml-1m").value.tolist() == [5]


def test_a_failed_import_keeps_the_earlier_one(tmp_path: Path, home: Path) -> None:
    import_raw("ml-1m", write(tmp_path / "good", ML_1M))
    bad = write(tmp_path / "bad", edited(ML_1M, "ratings.dat", b"::5::", b"::9::"))
    with pytest.raises(DataError, match=r"ratings\.dat:1: rating 9"):
        import_raw("ml-1m", bad)
    assert len(open_dataset("ml-1m")) == 5
    assert [entry.name for entry in (home / "raw").iterdir()] == ["ml-1m"]


def test_links_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", ML_1M)
    (folder / "users.dat").rename(tmp_path / "secret")
    (folder / "users.dat").symlink_to(tmp_path / "secret")
    with pytest.raises(DataError, match="it is a link"):
        import_raw("ml-1m", folder)


def test_wrong_names_and_paths(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'ml-1m'"):
        import_raw("ml1m", tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        import_raw("ml-1m", tmp_path / "absent")
    with pytest.raises(DataError, match=r"lacks users\.dat"):
        import_raw("ml-1m", tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_unwritable_home(tmp_path: Path, home: Path) -> None:
    home.mkdir()
    home.chmod(0o500)
    with pytest.raises(DataError, match="COLDBENCH_DATA"):
        import_raw("ml-1m", write(tmp_path / "in", ML_1M))


def test_home_that_is_a_file(tmp_path: Path, home: Path) -> None:
    home.write_text("")
    with pytest.raises(DataError, match="COLDBENCH_DATA"):
        import_raw("ml-1m", write(tmp_path / "in", ML_1M))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "www"
    folder.mkdir()
    (folder / "ml-1m.zip").write_bytes(zip_bytes(ML_1M, "ml-1m"))
    with HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()
    gc.collect()


def serve(monkeypatch: pytest.MonkeyPatch, url: str, digest: str) -> None:
    from coldbench.data.downloading import ARCHIVES, Archive

    monkeypatch.setitem(ARCHIVES, "ml-1m", Archive(url, f"sha256:{digest}"))


def test_download(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(zip_bytes(ML_1M, "ml-1m")).hexdigest()
    serve(monkeypatch, f"{server}/ml-1m.zip", digest)
    download("ml-1m", progress=False)
    assert len(open_dataset("ml-1m")) == 5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("place", ["ml-1m.zip", "absent.zip"])
def test_wrong_bytes_or_no_file(
    server: str, monkeypatch: pytest.MonkeyPatch, home: Path, place: str
) -> None:
    serve(monkeypatch, f"{server}/{place}", "0" * 64)
    with pytest.raises(DataError, match="coldbench data import ml-1m") as caught:
        download("ml-1m", progress=False)
    assert "\n" not in str(caught.value)
    assert not home.exists()


def test_offline(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    serve(monkeypatch, "http://127.0.0.1:9/ml-1m.zip", "0" * 64)
    with pytest.raises(DataError, match=r"download of .* failed .* coldbench data import ml-1m"):
        download("ml-1m", progress=False)
    assert not home.exists()


def test_what_nobody_serves() -> None:
    with pytest.raises(UsageError, match="is not downloaded: no server"):
        download("book-crossing")
    with pytest.raises(UsageError, match="unknown downloadable dataset"):
        download("netflix")
