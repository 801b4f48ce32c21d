"""A pack is read to the last byte, and one that was edited is refused by the name of the member."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from coldbench.errors import ColdbenchError, StoreError
from coldbench.league.packs.archive import packed
from coldbench.league.packs.facts import sums
from coldbench.league.packs.opening import Pack, open_pack
from coldbench.running.encoding import seal
from coldbench.study.packed import packed_bytes
from coldbench.study.store import Study
from coldbench.study.verification import verify


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(file: Path, changes: Mapping[str, bytes]) -> Path:
    file.write_bytes(packed({**members(file), **changes}))
    return file


def resealed(file: Path, **facts: object) -> bytes:
    """pack.json with other facts and a seal that holds."""
    data = {**json.loads(members(file)["pack.json"]), **facts}
    return json.dumps({**data, "sha256": seal(data)}).encode()


def test_unpacked_it_is_the_study_without_predictions(
    made: Pack, packed_study: Path, tmp_path: Path
) -> None:
    study = made.unpack(tmp_path / "unpacked")
    verdict = verify(study.path)
    assert verdict.passed
    assert verdict.predictions == 0
    records = {record.job_hash: record for record in Study.open(packed_study).records()}
    assert {record.job_hash: record for record in study.records()} == records
    assert made.facts.seeds == ("0", "1", "2", "3")
    assert set(made.facts.learners) == {"ridge", "item-mean", "global-median", "bias"}


def test_nothing_is_written_over(made: Pack, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(StoreError, match="not empty"):
        made.unpack(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["study.json", "records.jsonl", "digest.json", "summary.csv"])
def test_an_edited_member_is_named(pack_file: Path, name: str) -> None:
    text = members(pack_file)[name]
    rewritten(pack_file, {name: text.replace(b"0", b"1", 1)})
    with pytest.raises(StoreError, match=rf"edited pack: {name} does not match its seal"):
        open_pack(pack_file)


def test_a_changed_byte_names_its_member(pack_file: Path) -> None:
    data = pack_file.read_bytes()
    pack_file.write_bytes(data.replace(b'"scenarios"', b'"Scenarios"'))
    with pytest.raises(StoreError, match=r"Bad CRC-32 for file '(pack|study)\.json'.*edited"):
        open_pack(pack_file)


def test_an_edited_seal_is_found(pack_file: Path) -> None:
    text = members(pack_file)["pack.json"]
    rewritten(pack_file, {"pack.json": text.replace(b'"release": 1', b'"release": 2')})
    with pytest.raises(StoreError, match=r"edited pack: pack\.json does not match its own seal"):
        open_pack(pack_file)


def test_a_pack_with_new_seals_is_not_that_of_the_index(made: Pack, pack_file: Path) -> None:
    rewritten(pack_file, {"pack.json": resealed(pack_file, edition="mine")})
    assert open_pack(pack_file).facts.edition == "mine"
    with pytest.raises(StoreError, match=r"not the embedded@1 that this coldbench lists"):
        open_pack(pack_file, made.sha256)


def test_a_pack_under_a_listed_name_is_the_listed_one(pack_file: Path) -> None:
    rewritten(pack_file, {"pack.json": resealed(pack_file, name="synthetic", release=1)})
    with pytest.raises(
        StoreError, match=r"is not the synthetic@1 that this coldbench lists \(sha256"
    ):
        open_pack(pack_file)


def test_a_stranger_in_the_archive_is_refused(pack_file: Path) -> None:
    rewritten(pack_file, {"runs/x.txt": b"mine"})
    with pytest.raises(StoreError, match=r"'x\.txt' does not belong in it; .*`coldbench"):
        open_pack(pack_file)


@pytest.mark.parametrize("name", ["../study.json", "/study.json", "c:/study.json"])
def test_a_member_that_leaves_the_folder_is_refused(pack_file: Path, name: str) -> None:
    rewritten(pack_file, {name: b"{}"})
    with pytest.raises(ColdbenchError, match="refused: member"):
        open_pack(pack_file)


def test_a_bomb_is_refused(pack_file: Path) -> None:
    with zipfile.ZipFile(pack_file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("study.json", b"0" * (8 << 20))
    with pytest.raises(ColdbenchError, match="would unpack to"):
        open_pack(pack_file)


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04 and no more"])
def test_another_file_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "p.coldbench"
    file.write_bytes(data)
    with pytest.raises(ColdbenchError, match="archive"):
        open_pack(file)


def test_facts_of_another_study_are_refused(pack_file: Path, tmp_path: Path) -> None:
    rewritten(pack_file, {"pack.json": resealed(pack_file, protocol_version=2)})
    pack = open_pack(pack_file)
    with pytest.raises(StoreError, match=r"says protocol version '2', its study\.json '3'"):
        pack.unpack(tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()


def test_facts_without_end_or_text_are_refused(pack_file: Path) -> None:
    for facts in ({"seconds": {"ridge": float("inf")}}, {"edition": "\ud800"}):
        rewritten(pack_file, {"pack.json": resealed(pack_file, **facts)})
        with pytest.raises(StoreError, match=r"pack\.json is damaged: .*(finite|half of a char)"):
            open_pack(pack_file)


def test_a_plan_without_jobs_is_refused(pack_file: Path, tmp_path: Path) -> None:
    files = members(pack_file)
    plan = {**json.loads(files["study.json"]), "jobs": [], "learners": {}}
    study = {"study.json": json.dumps(plan).encode(), "records.jsonl": packed_bytes([])}
    seals = sums({**{name: files[name] for name in files if name != "pack.json"}, **study}.items())
    rewritten(pack_file, {**study, "pack.json": resealed(pack_file, members=seals)})
    with pytest.raises(StoreError, match="no run is planned in it"):
        open_pack(pack_file).unpack(tmp_path / "unpacked")


def test_a_newer_pack_asks_for_a_newer_coldbench(pack_file: Path) -> None:
    rewritten(pack_file, {"pack.json": resealed(pack_file, schema_version=2)})
    with pytest.raises(StoreError, match="newer coldbench"):
        open_pack(pack_file)
