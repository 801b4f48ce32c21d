"""The section on spreads: Holm over the declared family, words from numbers, links that exist."""

from pathlib import Path

import pytest

from coldbench.report import build
from coldbench.report.document import Document
from coldbench.report.study import ReportData
from coldbench.rng import generator
from coldbench.statistics import bootstrap_t, compare_spread, holm_adjust
from coldbench.study.store import Study
from coldbench.text.tables import number
from tests.report.fake import fake_study


def rows(data: ReportData) -> list[tuple[str, ...]]:
    section = next(one for one in data.of(Document).sections if one.key == "steadiness")
    return [tuple(cell.text for cell in row) for table in section.tables for row in table.rows]


def test_ratios_are_those_of_the_statistic(study: Study) -> None:
    data = build(study)
    pair = next(p for p in data.pairs if (p.scenario, p.a, p.b) == ("C-C", "mamo", "melu"))
    a, b = (data.values(name, "C-C") for name in ("mamo", "melu"))
    assert pair.spread == compare_spread([a[s] for s in pair.seeds], [b[s] for s in pair.seeds])
    shown = next(row for row in rows(data) if row[:3] == ("C-C", "mamo", "melu"))
    assert shown[4] == number(pair.spread.ratio.value, 2)
    raw = [p.spread.p_paired for p in data.pairs if p.spread.p_paired is not None]
    adjusted = holm_adjust(raw, family=data.declared).adjusted
    assert [p.spread_adjusted for p in data.pairs] == pytest.approx(list(adjusted))


def test_words_follow_the_numbers(study: Study, tmp_path: Path) -> None:
    data = build(study)
    told = next(
        sentence for sentence in data.of(Document).sentences if sentence.subject == "Steadiness"
    )
    assert any(pair.spread_shown for pair in data.pairs) is (told.kind == "shown")
    assert told.section == "steadiness"
    few = build(fake_study(tmp_path, seeds=2))
    assert rows(few) == []
    assert not [
        sentence for sentence in few.of(Document).sentences if sentence.subject == "Steadiness"
    ]
    section = next(one for one in few.of(Document).sections if one.key == "steadiness")
    assert section.notes == ("n/a: comparing two spreads needs 3 common seeds.",)


def test_the_second_interval_is_bootstrap_t(study: Study) -> None:
    found = build(study).standings["mamo", "W-W"]
    rng = generator(0, "report", "bootstrap-t", "W-W", "mamo")
    assert found.resampled == bootstrap_t(list(found.values.values()), rng)
    assert found.resampled.low is not None
