"""A good entry earns all marks; each bad one is refused by the check that is made for it."""

import json
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from coldbench.errors import StoreError
from coldbench.league.entries import asking, marks, reviewing
from coldbench.league.entries.asking import best_runs, limit_of
from coldbench.league.entries.marks import Review, read_review
from coldbench.league.entries.modules import Installed, beside_code
from coldbench.league.entries.reviewing import review
from coldbench.league.entries.writing import write_entry
from coldbench.league.packs.making import Naming, make_pack
from coldbench.league.packs.opening import Pack
from coldbench.running.backends import Settings
from coldbench.running.records import Outcome
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.learner import learner_facts
from coldbench.study.store import Study
from tests.cli.test_cli import coldbench
from tests.league.entries.conftest import SEEDS, entered, logged
from tests.league.entries.forging import forged, resealed
from tests.studies import TINY

Capture = pytest.CaptureFixture[str]
ORDER = ["seal", "plugin", "study", "claims", "conformance", "audit", "replay", "fresh seeds"]


def refused(found: Review, name: str) -> str:
    """What the one check that failed says; those after it that ask the learner have run or not."""
    assert [check.name for check in found.checks] == ORDER
    (wrong,) = [check for check in found.checks if check.passed is False]
    assert wrong.name == name, found
    assert not found.passed
    return " ".join([wrong.said, *wrong.more])


@pytest.mark.thorough
def test_a_good_entry_passes_in_processes_of_its_own(entry: Path, pack: Pack) -> None:
    found = review(entry, str(pack.path))
    assert found.passed, found
    assert found.mark == "replayed"


def test_a_good_entry_passes(
    entry: Path, pack: Pack, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = review(entry, str(pack.path))
    assert found.passed, found
    assert found.mark == "replayed", "means of so few users spread by a fifth"
    monkeypatch.setattr(marks, "REACH", 0.5)
    assert found.mark == "fresh seeds passed"
    assert read_review(entry) is not None
    assert found.requires == {"filelock": version("filelock"), "no-such-package": "not installed"}
    assert len(found.seeds) == 3
    assert not set(found.seeds) & set(range(SEEDS))
    measured = found.checks[-1].measured
    assert len(measured) == 8
    assert all(one["low"] < one["found"] < one["high"] for one in measured)
    again = review(entry, str(pack.path), seeds=found.seeds)
    assert again.checks[-1] == found.checks[-1]
    assert (again.passed, again.mark) == (True, "replayed")


def test_an_edited_number(
    entry: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    file = entry / "study" / "records.jsonl"
    file.write_bytes(file.read_bytes().replace(b"0.8", b"0.7", 1))
    assert coldbench(monkeypatch, "review", entry, "--reference", pack.path) == 3
    told = capsys.readouterr().out
    assert "records.jsonl does not match its hash in entry.json: one of the two was edited" in told
    assert told.count("not run, since a check before it failed") == 7
    assert json.loads((entry / "review.json").read_text())["mark"] == "claimed"


def test_numbers_edited_by_somebody_who_seals_them_again(
    entry: Path, pack: Pack, here: None
) -> None:
    def better(record: dict[str, Any]) -> None:
        for row in record["scores"]:
            if record["job"]["learner"] == "mine" and row["metric"] == "mae":
                row["value"] -= 0.002

    found = review(forged(entry, better), str(pack.path))
    assert "the same predictions give other scores" in refused(found, "replay")
    assert found.mark == "claimed"


@pytest.mark.thorough
def test_a_result_of_lucky_seeds(pack: Pack, installed: Path, tmp_path: Path, here: None) -> None:
    draws = logged(entered(pack, "mine", tmp_path / "told", tell=True), "mine")
    lucky = entered(pack, "mine", tmp_path / "lucky", known=[int(draw) for draw in draws])
    write_entry(lucky, tmp_path / "entry", learner_facts("mine"))
    found = review(tmp_path / "entry", str(pack.path))
    assert "are not what the entry's runs let expect" in refused(found, "fresh seeds")
    assert "OUTSIDE" in refused(found, "fresh seeds")
    assert found.mark == "claimed", "what came out otherwise speaks against the stored runs"


def test_a_plugin_that_leaks(pack: Pack, installed: Path, tmp_path: Path, here: None) -> None:
    write_entry(
        entered(pack, "leaky", tmp_path / "leaky"), tmp_path / "entry", learner_facts("leaky")
    )
    found = review(tmp_path / "entry", str(pack.path))
    assert "subset: " in refused(found, "audit")
    assert found.mark == "claimed"


def test_another_protocol_version(entry: Path, pack: Pack, tmp_path: Path) -> None:
    config = StudyConfig(
        models=("ridge",), seeds=1, dataset_options=TINY, out=tmp_path / "old",
        protocol_options={"version": 1}, yardsticks=False,
    )  # fmt: skip
    old = make_pack(run_study(config, workers=1), Naming("tiny", 1, ""), tmp_path / "1.coldbench")
    kept = json.loads((entry / "entry.json").read_text())["entered"]
    resealed(entry, entered={**kept, "pack_sha256": old.sha256})
    told = refused(review(entry, str(old.path)), "study")
    assert "by the protocol separate version 3, tiny@1 by separate version 1; run `" in told
    assert "; run `coldbench enter mine --reference tiny@1` again" in told


def test_another_pack_of_the_same_name(entry: Path, pack: Pack, tmp_path: Path) -> None:
    kept = json.loads((entry / "entry.json").read_text())["entered"]
    resealed(entry, entered={**kept, "pack_sha256": "0" * 64})
    told = refused(review(entry, str(pack.path)), "study")
    assert f"sha256 {'0' * 16}, this is tiny@1 with {pack.sha256[:16]}" in told


def test_another_plugin(entry: Path, pack: Pack, installed: Path) -> None:
    level = installed / "mine_level.py"
    text = level.read_text()
    try:
        level.write_text("LEVEL = 4\n")
        told = refused(review(entry, str(pack.path)), "plugin")
    finally:
        level.write_text(text)
    assert "installed here is mine 1.0 with" in told
    assert f"`pip install {entry / 'plugin'}`" in told


def test_a_package_of_another_name(entry: Path, pack: Pack, installed: Path) -> None:
    plugin = json.loads((entry / "entry.json").read_text())["plugin"]
    resealed(entry, plugin={**plugin, "distribution": "coldbench"})
    told = refused(review(entry, str(pack.path)), "plugin")
    assert "says distribution 'coldbench', which here is 'mine'" in told


def test_code_that_is_not_in_the_entry(entry: Path, pack: Pack, installed: Path) -> None:
    (file,) = entry.glob("plugin/**/mine.py")
    file.write_text('"""Nothing to see here."""\n')
    resealed(entry)
    told = refused(review(entry, str(pack.path)), "plugin")
    assert "is not the file that is installed here: what is read has to be what runs" in told


def test_code_is_read_and_data_are_not(tmp_path: Path) -> None:
    package = tmp_path / "mine"
    (package / "__pycache__").mkdir(parents=True)
    for name in ("__init__.py", "priors.npz", "py.typed", "__pycache__/x.pyc"):
        (package / name).write_bytes(b"")
    found = Installed(tmp_path, {"mine/__init__.py": package / "__init__.py"}, None)
    assert beside_code(found) == ["mine/priors.npz", "mine/py.typed"]


def test_the_run_that_is_farthest_ahead_is_always_replayed(entry: Path) -> None:
    study = Study.open(entry / "study")
    table = study.results()
    maes = table[(table["metric"] == "mae") & (table["shots"] == -1)]
    wide = maes.pivot_table("value", ["scenario", "seed"], "learner")
    seeds = {place[1] for place in (wide["mine"] - wide["ridge"]).groupby("scenario").idxmin()}
    chosen = best_runs(study, "mine", "ridge")
    assert {study.record(one).job.seeds.label for one in chosen} == seeds
    assert best_runs(study, "mine", "nobody") == set()


def moved(by: float, sha256: str = "") -> Callable[[dict[str, Any]], None]:
    """The sentinel's scores, and with a hash its predictions too."""

    def edit(record: dict[str, Any]) -> None:
        if record["job"]["learner"] == "ridge":
            record["predictions_sha256"] = sha256 or record["predictions_sha256"]
            for row in record["scores"]:
                row["value"] *= 1 + by

    return edit


@pytest.mark.thorough
def test_a_sentinel_that_disagrees(entry: Path, pack: Pack, here: None) -> None:
    told = refused(review(forged(entry, moved(0.01, "0" * 64)), str(pack.path)), "study")
    assert "the sentinel ridge here is not that of the entry: it disagrees" in told


@pytest.mark.thorough
def test_a_sentinel_of_another_machine(entry: Path, pack: Pack, here: None) -> None:
    kept = json.loads((forged(entry, moved(1e-8, "0" * 64)) / "entry.json").read_text())["entered"]
    facts = {"verdict": "within rounding", "exact": 0, "moved": 1e-8, "limit": 1e-7}
    resealed(entry, entered={**kept, "agreement": {**kept["agreement"], **facts}})
    found = review(entry, str(pack.path))
    assert "agrees within rounding with runs on this machine" in found.checks[2].said
    assert found.passed, found


def test_a_sentinel_with_the_same_bits_and_other_scores(entry: Path, pack: Pack) -> None:
    told = refused(review(forged(entry, moved(0.001)), str(pack.path)), "study")
    assert "the sentinel ridge has the predictions of tiny@1 and other scores" in told


def test_chosen_seeds(entry: Path, pack: Pack) -> None:
    """Whoever takes the best three of the reference's seeds chooses a result."""
    plan = json.loads((entry / "study" / "study.json").read_text())
    plan["jobs"] = [job for job in plan["jobs"] if job["seed"] in ("2", "4", "7")]
    forged(entry, lambda record: None, {job["job_hash"] for job in plan["jobs"]})
    (entry / "study" / "study.json").write_text(json.dumps(plan))
    resealed(entry)
    told = refused(review(entry, str(pack.path)), "study")
    assert "'mine' ran on the seeds '2, 4, 7', learners of tiny@1 on '0, 1, 2" in told
    kept = json.loads((entry / "entry.json").read_text())["entered"]
    told = refused(review(resealed(entry, entered={**kept, "lite": True}), str(pack.path)), "study")
    assert "'2, 4, 7', learners of tiny@1 on '0, 1, 2' (--lite: the first 3); run `cold" in told


def test_three_seeds_earn_no_mark_for_fresh_ones(good_lite: Path, pack: Pack, here: None) -> None:
    found = review(good_lite, str(pack.path))
    assert (found.passed, found.mark) == (True, "replayed"), found
    assert "three runs let expect nearly anything" in str(found)


def test_seeds_of_the_reference_are_not_fresh(entry: Path, pack: Pack, here: None) -> None:
    told = refused(review(entry, str(pack.path), seeds=(5, 500, 501)), "study")
    assert "none of the reference, unlike 5" in told


@pytest.mark.parametrize(("slowest", "limit"), [(1.0, 600), (100.0, 1000), (1e9, 43_200)])
def test_a_run_may_take_ten_times_as_long_as_there(
    entry: Path, slowest: float, limit: float
) -> None:
    def slow(record: dict[str, Any]) -> None:
        record["seconds"]["total"] = slowest

    assert limit_of(Study.open(forged(entry, slow) / "study")) == limit


def test_a_plugin_that_hangs_holds_up_no_review(
    entry: Path, pack: Pack, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float | None] = []

    def audit(*words: Any, limit: float) -> Any:
        seen.append(limit)
        raise StoreError("asked")

    def outcomes(name: str, jobs: object, settings: Settings) -> list[Outcome]:
        seen.append(settings.timeout)
        return []

    replaying = import_module("coldbench.study.verification.rescoring")
    for module in (asking, replaying):
        monkeypatch.setattr(module, "outcomes", outcomes)
    monkeypatch.setattr(asking, "audit_study", audit)
    monkeypatch.setattr(reviewing, "limit_of", lambda study: 77.0)
    review(entry, str(pack.path))
    assert seen == [154.0, 77.0, 77.0], "a process of an audit makes two runs"


def test_a_check_that_breaks_has_not_passed(
    entry: Path, pack: Pack, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*words: Any) -> Any:
        raise IndexError("nobody thought of \ud800")

    monkeypatch.setattr(reviewing, "replayed", broken)
    told = refused(review(entry, str(pack.path)), "replay")
    assert "could not be carried out: IndexError: 'nobody thought of \\ud800'" in told
    assert read_review(entry) is not None


def test_a_folder_that_is_no_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert coldbench(monkeypatch, "review", tmp_path) == 4
    assert "`coldbench enter ... --submit` writes one" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
