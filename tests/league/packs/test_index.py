"""Packs by name: what is listed, what is suggested, where a pack comes from."""

import json
import tomllib
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

import coldbench
from coldbench.errors import DataError, StoreError, UsageError
from coldbench.league.packs import getting, index
from coldbench.league.packs.getting import find_pack
from coldbench.league.packs.index import Listed, find_listed, known_packs
from coldbench.league.packs.listing import index_lines
from coldbench.league.packs.opening import Pack, open_pack
from tests.cli.test_cli import coldbench as command
from tests.cli.test_json import documented

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def listed(made: Pack, monkeypatch: pytest.MonkeyPatch) -> Listed:
    """An index that lists the pack as a download, two releases of it, and another."""
    facts = tomllib.loads(index_lines(made, "https://example.org/pack"))["packs"][0]
    one = Listed.model_validate(facts)
    others = [one.model_copy(update=update) for update in ({"release": 2}, {"name": "ml-100k"})]
    known = tuple(sorted([one, *others], key=lambda pack: (pack.name, -pack.release)))
    monkeypatch.setattr(index, "known_packs", lambda: known)
    return one


def test_every_listed_pack_that_should_be_in_the_wheel_is_there_and_sound() -> None:
    for one in known_packs():
        assert bool(one.file) != bool(one.url)
        if one.packaged:
            pack = open_pack(one.packaged, one.sha256)
            assert pack.title == one.title
            assert one.size == one.packaged.stat().st_size


def test_the_wheel_has_the_index_and_every_pack(tmp_path: Path) -> None:
    folder = Path(str(files("coldbench.league.packs")))
    there = {path.name for path in folder.glob("*.coldbench")}
    assert there == {one.file for one in known_packs() if one.file}
    root = Path(coldbench.__file__).parent.parent
    wheel = next(iter(WheelBuilder(str(root)).build(directory=str(tmp_path))))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"coldbench/league/packs/{name}" for name in {"index.toml", *there}} <= names


def test_a_pack_has_a_name_and_a_release(listed: Listed) -> None:
    assert find_listed("embedded@1") == listed
    assert find_listed("embedded").release == 2


def test_a_wrong_name_suggests_the_right_one(listed: Listed) -> None:
    with pytest.raises(UsageError, match="did you mean 'embedded@2'"):
        find_listed("embeded@2")
    with pytest.raises(UsageError, match=r"no release '7'.*did you mean 'embedded@2'"):
        find_listed("embedded@7")


def test_without_packs_a_file_is_asked_for(monkeypatch: pytest.MonkeyPatch, made: Pack) -> None:
    monkeypatch.setattr(index, "known_packs", tuple)
    with pytest.raises(UsageError, match="lists none"):
        find_listed("embedded@1")
    assert find_pack(str(made.path)).title == "embedded@1"


def test_a_file_fetched_by_hand_has_to_be_the_one_of_the_index(
    listed: Listed, made: Pack, pack_file: Path
) -> None:
    assert find_pack("embedded@1", made.path).sha256 == listed.sha256
    pack_file.write_bytes(pack_file.read_bytes().replace(b"bias", b"Bias", 1))
    with pytest.raises((StoreError, DataError)):
        find_pack("embedded@1", pack_file)


def test_a_download_is_kept_and_checked(
    listed: Listed, made: Pack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import pooch

    monkeypatch.setattr(getting, "data_home", lambda: tmp_path)
    asked: list[str] = []

    def fetch(url: str, output_file: Any, pooch: Any, **more: Any) -> None:
        asked.append(url)
        Path(output_file).write_bytes(made.path.read_bytes())

    monkeypatch.setattr(pooch, "HTTPDownloader", lambda **how: fetch)
    for _ in range(2):
        assert find_pack("embedded@1").title == "embedded@1"
    assert asked == ["https://example.org/pack"]


def test_a_failed_download_says_what_to_do(
    listed: Listed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import pooch

    def fail(*words: Any, **more: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr(getting, "data_home", lambda: tmp_path)
    monkeypatch.setattr(pooch, "HTTPDownloader", lambda **how: fail)
    with pytest.raises(DataError, match=r"no network.*reference get embedded@1 --file FILE"):
        find_pack("embedded@1")


def test_the_commands(
    listed: Listed, made: Pack, packed_study: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: Capture,
) -> None:  # fmt: skip
    monkeypatch.setattr("coldbench.league.known_packs", index.known_packs)
    assert command(monkeypatch, "reference", "list") == 0
    assert "embedded@2" in capsys.readouterr().out
    assert command(monkeypatch, "reference", "show", made.path) == 0
    assert "6,000 ratings made by coldbench" in capsys.readouterr().out
    assert command(monkeypatch, "reference", "show", made.path, "--json") == 0
    assert set(json.loads(capsys.readouterr().out)) == documented()["reference show"]
    out = tmp_path / "unpacked"
    words = ("reference", "get", "embedded@1", "--file", made.path, "--out", out)
    assert command(monkeypatch, *words) == 0
    assert "16 runs of embedded@1" in capsys.readouterr().out
    words = ("reference", "make", packed_study, "--name", "mine", "--release", 3, "--out")
    assert command(monkeypatch, *words, tmp_path / "mine") == 0
    told = tomllib.loads(capsys.readouterr().out)["packs"][0]
    assert Listed.model_validate(told).title == "mine@3"
