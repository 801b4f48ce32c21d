"""What a report says of the data."""

from pathlib import Path

import pytest

from coldbench.report import build
from coldbench.report.document import Document
from coldbench.study.described import Described
from coldbench.study.store import Study
from tests.report.fake import fake_study


def described(study: Study, data: Described) -> Document:
    manifest = study.manifest.model_copy(update={"data": data})
    (study.path / "study.json").write_text(manifest.model_dump_json())
    return build(Study.open(study.path)).of(Document)


def test_studies_of_earlier_versions_say_nothing(tmp_path: Path) -> None:
    document = build(fake_study(tmp_path, ["bias"], 2)).of(Document)
    assert "data" not in [section.key for section in document.sections]


def test_warnings_fingerprints_and_readers(tmp_path: Path) -> None:
    data = Described(
        rows_sha256="ab" * 32,
        content_sha256="cd" * 32,
        understood=("times are dates",),
        warnings=("brand: 50 % of the items have the label '<b>'",),
    )
    document = described(fake_study(tmp_path, ["bias"], 2), data)
    (section,) = (one for one in document.sections if one.key == "data")
    (table,) = section.tables
    assert {row[0].text: row[1].text for row in table.rows} == {
        "rows (SHA-256)": "ab" * 32,
        "content (SHA-256)": "cd" * 32,
        "understood": "times are dates",
        "warning": "brand: 50 % of the items have the label '<b>'",
    }
    first = document.sentences[0]
    assert (first.kind, first.section) == ("warning", "data")
    assert first.text.startswith("The data were opened with 1 warning:")


@pytest.mark.parametrize("reads", [True, False])
def test_who_reads_content_is_named(tmp_path: Path, reads: bool) -> None:
    study = fake_study(tmp_path, ["melu"], 2)
    for record in list(study.records()):
        facts = {**record.provenance, "content_read": ["item_fields"] if reads else []}
        file = study.runs / record.job_hash / "record.json"
        fields = {"provenance": facts, "sha256": ""}
        file.write_text(record.model_copy(update=fields).model_dump_json())
    (section,) = (one for one in build(study).of(Document).sections if one.key == "data")
    what = "learners that read content" if reads else "learners that read ratings alone"
    assert [(row[0].text, row[1].text) for row in section.tables[0].rows] == [(what, "melu")]
