"""What a site is built of, and where it may be written."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from coldbench.cli.main import cli
from coldbench.errors import StoreError, UsageError
from coldbench.league import Naming, build_site, make_pack
from coldbench.league.site.choosing import in_league, mains
from coldbench.league.site.claims.described import claims
from coldbench.league.site.sources import find_sources
from tests.report.conftest import composed
from tests.report.fake import fake_study
from tests.report.real import real_study


def test_sources_are_found_by_folder(studies: Path, tmp_path: Path) -> None:
    names = [one.name for one in find_sources([studies], tmp_path)]
    assert names[:3] == ["mamo-melu-ml-1m", "mamo-switches-mixed", "odd"]
    assert names[3:] == ["reference/ml-1m", "reference/yelp"]
    inside = [one.name for one in find_sources([studies / "reference"], tmp_path)]
    assert inside == names[3:], "the same, wherever one starts"
    assert [one.name for one in find_sources([studies / "odd"], tmp_path)] == ["odd"]


def test_a_study_of_the_league_stands_for_its_data_set(studies: Path, tmp_path: Path) -> None:
    chosen = mains(find_sources([studies], tmp_path))
    assert {name: one.name for name, one in chosen.items()} == {
        '<b>"data"</b>': "odd",
        "ml-1m": "reference/ml-1m",
        "yelp": "reference/yelp",
    }
    assert [one.dataset for one in in_league(list(chosen.values()))] == ["ml-1m", "yelp"]


def test_a_part_of_the_users_does_not_stand_for_its_data_set(tmp_path: Path) -> None:
    fake_study(tmp_path / "whole", ("bias",), 2)
    fake_study(tmp_path / "part", ("bias", "melu", "mamo"), 2, data="cd", part=1000)
    assert mains(find_sources([tmp_path], tmp_path / "spare"))["ml-1m"].name == "whole"


def test_of_two_studies_of_a_data_set_the_one_with_most_runs_stands_for_it(tmp_path: Path) -> None:
    fake_study(tmp_path / "wide", ("bias", "melu", "mamo"), 2)
    fake_study(tmp_path / "long", ("bias", "melu"), 4)
    assert mains(find_sources([tmp_path], tmp_path / "spare"))["ml-1m"].name == "long"


def test_tuned_and_untuned_studies_stand_in_no_league_together(tmp_path: Path) -> None:
    models = ("bias", "global-median")
    tuned = fake_study(tmp_path / "packs" / "films-tuned", models, 4, dataset="films")
    plan = tuned.manifest
    tuned.amend(lambda: plan.model_copy(update={"tuning": {"bias": {"configurations": 32}}}))
    for name in ("books", "films", "products"):
        fake_study(tmp_path / "packs" / name, models, 2, dataset=name)
    chosen = mains(find_sources([tmp_path], tmp_path / "spare"))
    stand = [one.name for one in in_league(list(chosen.values()))]
    assert stand == ["books", "films", "products"]


def test_a_reference_pack_is_a_source(own_cache: None, tmp_path: Path) -> None:
    study = real_study(tmp_path / "study", models=("bias",), seeds=2)
    (tmp_path / "packs").mkdir()
    make_pack(study, Naming("films", 3, "2026-01-01"), tmp_path / "packs" / "films@3.coldbench")
    (one,) = find_sources([tmp_path / "packs"], tmp_path / "spare")
    assert (one.name, one.group, one.dataset) == ("films@3", "reference packs", "films")
    assert one.study.stored() == study.stored()


def test_a_folder_without_a_study_and_two_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "a" / "x").mkdir(parents=True)
    with pytest.raises(StoreError, match="no study in"):
        find_sources([tmp_path], tmp_path / "spare")
    for place in ("a", "b"):
        fake_study(tmp_path / place / "one", ("bias",), 1)
    with pytest.raises(StoreError, match=r"two studies are called one: .*a/one and .*b/one"):
        find_sources([tmp_path / "a", tmp_path / "b"], tmp_path / "spare")


def test_only_a_site_is_written_over(tmp_path: Path) -> None:
    fake_study(tmp_path / "study", ("bias",), 2, ("C-C",))
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="is no site of coldbench"):
        build_site([tmp_path / "study"], out, draw=composed)
    assert (out / "thesis.txt").read_text() == "mine"
    (out / "site.json").write_text("{}")
    with pytest.raises(UsageError, match="is no site of coldbench"):
        build_site([tmp_path / "study"], out, draw=composed)
    for file in out.iterdir():
        file.unlink()
    build_site([tmp_path / "study"], out, draw=composed)
    first = {path: path.read_bytes() for path in out.rglob("*.*")}
    (out / "stale.html").write_text("old")
    build_site([tmp_path / "study"], out, draw=composed)
    assert {path: path.read_bytes() for path in out.rglob("*.*")} == first, "the same bytes"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]


def test_a_study_without_a_run_is_left_out_and_told(tmp_path: Path) -> None:
    every = [("bias", 0), ("bias", 1)]
    fake_study(tmp_path / "empty", ("bias",), 2, absent=every)
    with pytest.raises(StoreError, match="none of the studies holds a run"):
        build_site([tmp_path / "empty"], tmp_path / "out", draw=composed)
    fake_study(tmp_path / "one", ("bias",), 2, ("C-C",))
    told: list[str] = []
    build_site([tmp_path], tmp_path / "out", told=told.append, draw=composed)
    assert f"left out: {tmp_path / 'empty'} holds no run yet" in told


@pytest.mark.thorough
def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    fake_study(tmp_path / "study", ("bias",), 1, ("C-C",))
    words = ["site", str(tmp_path / "study"), "--out", str(tmp_path / "out"), "--docs", "docs"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert "index.html:" in done.output
    assert 'href="../docs/index.html"' in (tmp_path / "out" / "learners" / "bias.html").read_text()


def test_claims_ask_for_what_is_there() -> None:
    root = Path(__file__).parents[3]
    keys = [claim.key for claim in claims()]
    assert len(set(keys)) == len(keys)
    for claim in claims():
        assert (root / claim.config).is_file(), claim.config
        assert not re.search(r"[0-9]", claim.question), "numbers are computed"
