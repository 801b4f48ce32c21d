"""What the digest keeps of users and items: by brute force, with missing runs, from old digests."""

import json
import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from coldbench.data import open_prepared
from coldbench.running import seal
from coldbench.statistics import pair_variances
from coldbench.study import Digest, Sampled, Study, digest_of
from coldbench.tasks import SCENARIOS
from tests.report.real import real_study

MODELS = ("bias", "support-mean", "item-mean")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return real_study(tmp_path_factory.mktemp("ran"), models=MODELS, seeds=3)


@pytest.fixture
def copy(ran: Study, tmp_path: Path) -> Study:
    shutil.copytree(ran.path, tmp_path / "copy")
    return Study.open(tmp_path / "copy")


def digest(study: Study) -> Digest:
    found, _ = digest_of(study, list(study.records()))
    assert found is not None
    return found


def blocks(study: Study, scenario: str) -> dict[tuple[str, str], Sampled]:
    return {
        (one.learners[a], one.learners[b]): one
        for one in digest(study).sampled
        if one.scenario == scenario
        for a, b in one.pairs
    }


def lose(study: Study, learner: str, seed: str) -> None:
    records = ((r.job.learner, r.job.seeds.label, r.job_hash) for r in study.records())
    shutil.rmtree(
        study.runs / next(h for who, when, h in records if (who, when) == (learner, seed))
    )


def errors(study: Study, learner: str, scenario: str) -> dict[tuple[str, int], float]:
    """Absolute error by seed and rating."""
    found = {}
    for record in study.records():
        if record.job.learner == learner:
            predictions, ratings = (
                study.predictions(record.job_hash),
                open_prepared(record.job.dataset_sha256),
            )
            assert predictions is not None
            low, high, _ = ratings.scale
            for row, score, code in zip(
                predictions.row.tolist(),
                predictions.score.tolist(),
                predictions.scenario,
                strict=True,
            ):
                if SCENARIOS[code] == scenario:
                    error = abs(min(max(score, low), high) - float(ratings.value[row]))
                    found[record.job.seeds.label, row] = error
    return found


@pytest.mark.parametrize("scenario", ["W-C", "C-C"])
def test_every_pair_has_its_variances(copy: Study, scenario: str) -> None:
    found = blocks(copy, scenario)
    assert set(found) == set(combinations(MODELS, 2))
    (block,) = set(found.values())
    assert block.seeds == ("0", "1", "2")
    first, second = errors(copy, "bias", scenario), errors(copy, "item-mean", scenario)
    assert set(first) == set(second)
    ratings = open_prepared(next(iter(copy.records())).job.dataset_sha256)
    rows = np.array([row for _, row in first])
    expected = pair_variances(
        [list(first.values()), [second[key] for key in first]],
        [int(seed) for seed, _ in first],
        ratings.user[rows],
        ratings.item[rows],
    )
    place = [(block.learners[a], block.learners[b]) for a, b in block.pairs].index(
        ("bias", "item-mean")
    )
    for name in ("user", "item", "both"):
        assert getattr(block, name)[place] == pytest.approx(getattr(expected, name)[0, 1], rel=1e-6)
    assert (block.users, block.items) == (expected.users, expected.items)
    assert block.effective_items == pytest.approx(expected.effective_items, rel=1e-6)


def test_pairs_with_missing_runs_go_by_the_seeds_that_both_have(copy: Study) -> None:
    (copy.path / "digest.json").unlink(missing_ok=True)
    whole = blocks(copy, "W-C")["bias", "support-mean"]
    (copy.path / "digest.json").unlink()
    lose(copy, "item-mean", "1")
    found = blocks(copy, "W-C")
    assert found["bias", "support-mean"].seeds == ("0", "1", "2")
    assert found["bias", "support-mean"].user[0] == whole.user[0]
    assert found["bias", "item-mean"].seeds == ("0", "2")
    (copy.path / "digest.json").unlink()
    lose(copy, "item-mean", "2")
    assert set(blocks(copy, "W-C")) == {("bias", "support-mean")}  # others share one seed


def age(study: Study) -> None:
    """As the version before this one wrote it."""
    file = study.path / "digest.json"
    data = json.loads(file.read_text())
    del data["sha256"], data["sampled"]
    data["schema_version"] = 1
    file.write_text(json.dumps({**data, "sha256": seal(data)}))


def test_an_old_digest_is_made_anew_where_predictions_are_at_hand(copy: Study) -> None:
    today = digest(copy)
    age(copy)
    assert digest(copy) == today
    assert digest(Study.open(copy.path)) == today


def test_an_old_digest_is_read_where_they_are_not(copy: Study) -> None:
    today = digest(copy)
    age(copy)
    for file in copy.runs.glob("*/predictions.parquet"):
        file.unlink()
    found, gap = digest_of(copy, list(copy.records()))
    assert found is not None
    assert (found.schema_version, found.sampled, gap) == (1, (), "")
    assert found.lines == today.lines


def test_the_sums_are_sealed(copy: Study) -> None:
    today = digest(copy)
    file = copy.path / "digest.json"
    number = json.dumps(today.sampled[0].user[0])
    file.write_text(file.read_text().replace(number, json.dumps(2 * today.sampled[0].user[0]), 1))
    for predictions in copy.runs.glob("*/predictions.parquet"):
        predictions.unlink()
    assert digest_of(copy, list(copy.records()))[0] is None
