"""One change to many learners, as a site answers what it does."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from coldbench.errors import UsageError
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.evidence import answer_to
from coldbench.report.study import ReportData
from tests.report.fake import fake_study

SEEDS = 6
CLAIM = Claim(key="ids", kind="variants", question="?", claimed="", studies=("a",), suffix="-ids")
ABOVE = {"melu": 0.10, "melu-ids": 0.02, "mamo": 0.05, "mamo-ids": 0.08, "cnp-ids": 0.0}


def study(folder: Path) -> ReportData:
    levels = {
        (name, seed): level + 0.002 * ((seed * (2 + place)) % 5)
        for place, (name, level) in enumerate(ABOVE.items())
        for seed in range(SEEDS)
    }
    return ReportData(fake_study(folder, list(ABOVE), SEEDS, ("W-W",), levels=levels))


def test_each_learner_is_beside_itself_and_corrected_for_all(tmp_path: Path) -> None:
    data = study(tmp_path / "a")
    found = answer_to(CLAIM, data)
    rows = {str(row["learner"]): row for row in found.rows}
    assert set(rows) == {"melu", "mamo"}  # cnp was not run without the change
    raw = {}
    for name, row in rows.items():
        gaps = np.subtract(
            *(list(data.values(one, "W-W").values()) for one in (f"{name}-ids", name))
        )
        assert row["difference"] == pytest.approx(gaps.mean())
        raw[name] = stats.ttest_1samp(gaps, 0).pvalue
        assert row["p"] == pytest.approx(raw[name])
    smaller, larger = sorted(raw, key=lambda name: raw[name])
    assert rows[smaller]["p_holm"] == pytest.approx(2 * raw[smaller])
    assert rows[larger]["p_holm"] == pytest.approx(max(2 * raw[smaller], raw[larger]))
    assert (rows["melu"]["outcome"], rows["mamo"]["outcome"]) == ("better", "worse")
    assert found.words[0].startswith(
        "W-W: the error falls for 1 of 2 learners, shown for 1; it is shown to rise for 1."
    )
    assert {row["learner"] for row in found.seeds} == {"melu", "melu-ids", "mamo", "mamo-ids"}


def test_a_study_without_the_change_answers_nothing(tmp_path: Path) -> None:
    data = ReportData(fake_study(tmp_path / "a", ["melu", "mamo"], 2, ("W-W",)))
    with pytest.raises(UsageError, match="no learner with and without -ids"):
        answer_to(CLAIM, data)
