"""Where results come from: learners of other packages are told with their version and code."""

from pathlib import Path

from coldbench.report.topics.origin import origin_of
from tests.report.fake import fake_study


def test_learners_of_other_packages_are_told(tmp_path: Path) -> None:
    study = fake_study(tmp_path / "study", ["bias", "melu"], 2)

    def facts(*plugins: tuple[str, str]) -> str | None:
        records = [
            record.model_copy(
                update={"provenance": {**record.provenance, "plugin": plugin, "code": code}}
            )
            for record, (plugin, code) in zip(study.records(), plugins, strict=False)
        ]
        return dict(origin_of(study, records).facts).get("learners of other packages")

    ours = ("coldbench 0.1.0 (baselines.closed_form.bias:Bias)", "aa")
    assert facts(ours, ours) is None
    told = facts(ours, ("stranger 2.0 (stranger:S)", "bb"), ("stranger 2.1 (stranger:S)", "cc"))
    assert told == "stranger 2.0 (stranger:S), code bb; stranger 2.1 (stranger:S), code cc"


def test_libraries_that_are_not_installed_have_no_version(tmp_path: Path) -> None:
    study = fake_study(tmp_path / "study", ["bias"], 1)
    libraries = {"numpy": "2.1.0", "scikit-learn": None}
    records = [
        record.model_copy(update={"provenance": {**record.provenance, "libraries": libraries}})
        for record in study.records()
    ]
    assert dict(origin_of(study, records).facts)["libraries"] == "numpy 2.1.0"
