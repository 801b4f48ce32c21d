"""The first screen: three sentences, the top of the league, one picture, the rest folded."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from coldbench.errors import UsageError
from coldbench.report import build
from coldbench.report.document import Document
from coldbench.report.formats import html
from coldbench.report.formats.html import to_html
from coldbench.report.front import TOP
from coldbench.report.paper.methods import methods
from coldbench.report.study import ReportData
from coldbench.study.store import Study
from tests.report.fake import fake_study

NAMES = [f"learner-{place:02d}" for place in range(12)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Twelve learners and bias, far apart: the first is the best, bias stands in the middle."""
    levels = {(name, seed): place / 10 for place, name in enumerate(NAMES) for seed in range(6)}
    levels |= {("bias", seed): 0.55 for seed in range(6)}
    return fake_study(
        tmp_path_factory.mktemp("many"), [*NAMES, "bias"], 6, ("W-W", "C-C"), levels=levels
    )


@pytest.fixture(scope="module")
def data(many: Study) -> ReportData:
    return build(many)


def test_a_report_of_some_users_says_so(tmp_path: Path) -> None:
    data = build(fake_study(tmp_path, ("bias",), 2, part=1000))
    assert data.of(Document).title == "ml-1m, 1,000 users · separate"
    written = "".join(part if isinstance(part, str) else "" for part in methods(data))
    assert "The data set is ml-1m, of which 1,000 users were drawn at random" in written


def test_the_answer_is_three_sentences(data: ReportData) -> None:
    leaders, yardstick, sure = data.of(Document).front.answer
    assert leaders.startswith("Lowest MAE: learner-00 in W-W (0.7")
    assert "May be the best too: nobody in W-W and C-C." in leaders
    assert yardstick == ("Of 12 learners, 6 in every scenario are shown to beat bias.")
    assert sure.startswith("How sure: 6 seeds can show a difference of 0.")
    assert "names the wrong one 0 % of the time" in sure


def test_a_focus_comes_first(many: Study) -> None:
    document = build(many, ["learner-09"]).of(Document)
    front = document.front
    assert front.answer[0].startswith(
        "learner-09, on common seeds: in W-W beats learner-10 and learner-11, is beaten by "
        "10 of 12 others; in C-C beats"
    )
    assert front.answer[1].startswith("Lowest MAE: learner-00")
    shown = [row[0].text for row in front.top.rows]
    assert shown[-1] == f"and {len(NAMES) + 1 - TOP} more"
    assert {"learner-00", "learner-09", "bias"} < set(shown)
    assert front.plot is not None
    assert "MAE of learner-09 minus that of each other learner" in front.plot.alt
    sections = [section.key for section in document.sections]
    assert sections.index("focus") == 1


def test_learners_of_other_packages_are_in_focus(tmp_path: Path) -> None:
    study = fake_study(tmp_path / "s", ["mine", "bias"], 3)
    assert build(study).focus == ()
    for record in study.records():
        if record.job.learner == "mine":
            record.provenance["plugin"] = "my-package 1.0 (mine:Mine)"
    data = build(study)
    for record in data.records:
        if record.job.learner == "mine":
            record.provenance["plugin"] = "my-package 1.0 (mine:Mine)"
    assert data.focus == ("mine",)


def test_a_wrong_focus_suggests_the_right_one(study: Study) -> None:
    with pytest.raises(UsageError, match="did you mean 'mamo'"):
        _ = build(study, ["mammo"]).focus


def test_one_seed_tests_nothing(tmp_path: Path) -> None:
    answer = build(fake_study(tmp_path / "s", ["A", "B"], 1)).of(Document).front.answer
    assert answer[-1].startswith("With one seed nothing is tested")
    assert "beat" not in " ".join(answer)


def test_few_seeds_say_what_is_assumed(tmp_path: Path) -> None:
    answer = build(fake_study(tmp_path / "s", ["A", "B", "bias"], 3)).of(Document).front.answer
    assert answer[-1].endswith("(few seeds: normal runs are assumed).")


def test_a_light_page_holds_its_parts_and_a_heavy_one_packs_them(
    data: ReportData, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = data.of(Document)
    light = to_html(document, {})
    assert " data-part>" not in light
    assert "Every pair on its common seeds" in light
    monkeypatch.setattr(html, "LIGHT", 10_000)
    heavy = to_html(document, {})
    assert heavy.count(" data-part>") == len(document.sections) + 1
    assert "Every pair on its common seeds" not in heavy
    block = re.search(r'<script type="application/json" id="parts">"(.*?)"</script>', heavy)
    assert block is not None
    parts = json.loads(gzip.decompress(base64.b64decode(block[1])))
    assert "Every pair on its common seeds" in parts["differences"]
    assert all(text in light for text in parts.values())
    assert heavy == to_html(document, {}), "the same bytes again"


def test_terms_are_explained_where_they_first_stand(
    many: Study, worded: Callable[[Study], dict[str, Path]]
) -> None:
    page = worded(many)["report.html"].read_text()
    first = page.partition('<details class="part"')[0]
    assert 'title="warm users, warm items: both were met in training"' in first
    bare = re.sub("<[^>]*>", "", first)
    assert "W-W: warm users, warm items; C-C: cold users, cold items (warm: met in" in bare


def test_a_name_on_the_first_screen_leads_to_its_card(
    many: Study, worded: Callable[[Study], dict[str, Path]]
) -> None:
    page = worded(many)["report.html"].read_text()
    first, _, rest = page.partition('<details class="part"')
    leads = re.findall(r'<a href="#(card-\d+)">([^<]*)</a>', first)
    assert leads
    for place, name in leads:
        row = re.search(rf'<tr id="{place}">.*?<b>([^<]*)</b>', rest)
        assert row is not None
        assert row[1] == name
