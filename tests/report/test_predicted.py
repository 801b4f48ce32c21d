"""What the report says from predictions: by brute force, and after the predictions are gone."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from coldbench.data import open_prepared
from coldbench.report import build, write_report
from coldbench.report.document import Document
from coldbench.report.drawing.draw import drawn
from coldbench.report.formats.csv import to_files
from coldbench.report.topics.disagreement import DisagreementTopic, disagreements
from coldbench.report.topics.metrics import order_counts
from coldbench.report.topics.users import Crossed, Nested, Users, by_users
from coldbench.statistics import crossed_variance
from coldbench.study.digest import digest_of
from coldbench.study.store import Study
from coldbench.study.verification import verify
from coldbench.tasks.splits import SCENARIOS
from coldbench.text.tables import Section
from tests.report.conftest import composed
from tests.report.fake import fake_study
from tests.report.real import real_study


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return real_study(tmp_path_factory.mktemp("ran"))


@pytest.fixture
def copy(ran: Study, tmp_path: Path) -> Study:
    """Without a digest."""
    shutil.copytree(ran.path, tmp_path / "copy")
    (tmp_path / "copy" / "digest.json").unlink(missing_ok=True)
    return Study.open(tmp_path / "copy")


def section(study: Study, key: str) -> Section:
    return next(one for one in build(study).of(Document).sections if one.key == key)


def drawn_again(study: Study, key: str) -> bytes:
    return drawn(build(study).of(Document).figures[key], ("svg",))["svg"]


def forget_predictions(study: Study) -> None:
    for file in study.runs.glob("*/predictions.parquet"):
        file.unlink()


def test_users_and_pairs_by_brute_force(copy: Study) -> None:
    records = list(copy.records())
    digest, gap = digest_of(copy, records)
    assert digest is not None
    assert gap == ""
    ratings = open_prepared(records[0].job.dataset_sha256)
    low, high, step = ratings.scale
    mine = [r for r in records if r.job.learner == "bias"]
    for code, scenario in enumerate(SCENARIOS):
        tables = []
        for record in mine:
            found = copy.predictions(record.job_hash)
            assert found is not None
            here = found.scenario == code
            score = np.clip(found.score[here].astype(float), low, high)
            tables.append(dict(zip(found.row[here].tolist(), score.tolist(), strict=True)))
            stored = next(
                s.value for s in record.scores if (s.scenario, s.metric) == (scenario, "mae_user")
            )
            line = next(
                x for x in digest.lines if (x.job, x.scenario) == (record.job_hash, scenario)
            )
            assert line.mean == pytest.approx(stored, rel=1e-12)
        apart, other = [], []
        for i, a in enumerate(tables):
            for b in tables[:i]:
                for row in a.keys() & b.keys():
                    apart.append(abs(a[row] - b[row]))
                    stars = [np.floor((p[row] - low) / step + 0.5) for p in (a, b)]
                    other.append(stars[0] != stars[1])
        told = disagreements(digest)["bias", scenario]
        assert told.difference.value == pytest.approx(np.mean(apart))
        assert told.churn.value == pytest.approx(np.mean(other))


def test_the_digest_outlives_the_predictions(copy: Study, tmp_path: Path) -> None:
    first = write_report(copy, tmp_path / "first", kinds=("svg",), draw=composed)
    figure = drawn_again(copy, "disagreement-C-C")
    forget_predictions(copy)
    again = write_report(copy, tmp_path / "again", kinds=("svg",), draw=composed)
    assert drawn_again(copy, "disagreement-C-C") == figure
    for name, path in again.items():
        assert path.read_bytes() == first[name].read_bytes(), name
    assert "sd of single users" in first["report.html"].read_text()
    for name in ("users.csv", "disagreement.csv"):
        lines = first[name].read_text().splitlines()
        assert len(lines) == 1 + 8
        assert len({line.count(",") for line in lines}) == 1
    assert (tmp_path / "first" / "figures" / "disagreement-C-C.svg").exists()
    assert verify(copy.path).passed


def test_without_predictions_the_report_says_so(copy: Study) -> None:
    forget_predictions(copy)
    for key in ("users", "disagreement"):
        found = section(copy, key)
        assert found.notes[0].startswith("n/a: predictions are not stored in this copy")
        assert found.tables == found.figures == ()
    assert "n/a, predictions are not stored" in " ".join(section(copy, "metrics").notes)


def test_without_prepared_data_the_report_says_so(
    copy: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "empty"))
    assert "no prepared data" in section(copy, "users").notes[0]


def test_a_part_of_the_predictions_gives_a_part(copy: Study) -> None:
    hashes = [record.job_hash for record in copy.records()]
    (copy.runs / hashes[0] / "predictions.parquet").unlink()
    assert section(copy, "users").notes[0] == (
        "From 7 of 8 finished runs: predictions are not stored in this copy."
    )


def test_an_edited_or_foreign_digest_is_not_believed(copy: Study) -> None:
    records = list(copy.records())
    digest, _ = digest_of(copy, records)
    assert digest is not None
    file = copy.path / "digest.json"
    forget_predictions(copy)
    text = file.read_text()
    assert digest_of(copy, records)[0] == digest
    file.write_text(text.replace('"users": ', '"users": 1', 1))
    assert digest_of(copy, records)[0] is None
    file.write_text(text)
    other = [r.model_copy(update={"predictions_sha256": "0" * 64}) for r in records]
    assert digest_of(copy, other)[0] is None
    for broken in ("", "[]", "{}", json.dumps({"sha256": 1})):
        file.write_text(broken)
        assert digest_of(copy, records)[0] is None


def test_predictions_of_another_run_are_refused(copy: Study) -> None:
    first, second, *_ = (record.job_hash for record in copy.records())
    source = copy.runs / second / "predictions.parquet"
    shutil.copy(source, copy.runs / first / "predictions.parquet")
    assert "do not match its record" in section(copy, "disagreement").notes[0]


def test_users_within_seeds(copy: Study) -> None:
    digest, _ = digest_of(copy, list(copy.records()))
    assert digest is not None
    found = by_users(digest)["support-mean", "C-C"]
    assert isinstance(found, Nested)
    assert found.chance == pytest.approx((found.single or 0.0) / np.sqrt(found.users), rel=0.05)
    assert 0.0 <= (found.part or 0.0) <= 1.0
    assert len(section(copy, "users").tables[0].rows) == 8


def test_the_same_users_at_every_run_are_crossed(tmp_path: Path) -> None:
    study = real_study(tmp_path, models=("item-mean",), seeds=2, design="cross:init,order")
    records = list(study.records())
    digest, _ = digest_of(study, records)
    assert digest is not None
    found = by_users(digest)["item-mean", "C-C"]
    assert isinstance(found, Crossed)
    assert (found.variance.n, found.variance.seed) == (4, 0.0)  # it draws nothing
    assert found.variance.other_seeds.width == pytest.approx(0.0, abs=1e-12)
    assert isinstance(found.variance, type(crossed_variance([[1.0, 2.0], [1.0, 2.5]])))
    assert disagreements(digest)["item-mean", "C-C"].difference.value == 0.0
    assert [table.key for table in section(study, "users").tables] == ["crossed-users"]
    data = build(study)
    files = to_files({**data.of(Users).files(), **data.of(DisagreementTopic).files()})
    assert set(files) == {"crossed-users.csv", "disagreement.csv"}
    assert len(files["crossed-users.csv"].splitlines()) == 1 + 4


def test_users_without_an_order_are_counted(tmp_path: Path) -> None:
    study = real_study(
        tmp_path, models=("bias",), seeds=2, protocol_options={"query": 2, "min_ratings": 5}
    )
    records = list(study.records())
    digest, _ = digest_of(study, records)
    assert digest is not None
    counts = order_counts(digest)
    ratings = open_prepared(records[0].job.dataset_sha256)
    users = equal = 0
    for record in records:
        found = study.predictions(record.job_hash)
        assert found is not None
        for code in range(4):
            rows = found.row[found.scenario == code]
            for user in np.unique(ratings.user[rows]):
                users += 1
                equal += len(set(ratings.value[rows[ratings.user[rows] == user]])) == 1
    assert (counts.users, counts.equal) == (users, equal)
    assert equal > 0
    assert counts.short == {"ndcg@1": 0} | dict.fromkeys(
        ("hit@5", "mrr@5", "ndcg@3", "ndcg@5"), users
    )
    told = section(study, "metrics").notes
    assert f"{equal:,} of {users:,} test users" in told[-1]
    assert f"{users:,} for ndcg@3" in told[-1]


def test_an_invented_study_still_reports(tmp_path: Path) -> None:
    assert section(fake_study(tmp_path, seeds=2), "users").notes[0].startswith("n/a: predictions")
