"""From what to ablate to configurations: which run, under which name, and which are left out."""

from pathlib import Path
from typing import Any, ClassVar

import pytest

from coldbench import registry
from coldbench.errors import UsageError
from coldbench.learning.learner import LearnerConfig, Variant
from coldbench.options import parse_levels
from coldbench.report import build
from coldbench.report.document import Document
from coldbench.report.topics.origin import OriginTopic
from coldbench.study.ablation import AblationSpec, Expanded, bases, couples, expand
from coldbench.study.config import Named, StudyConfig, read_config
from coldbench.study.drive import default_folder, run_study, todo
from coldbench.study.merging import merge
from coldbench.study.planning import expanded, plan
from coldbench.study.store import Study
from coldbench.study.verification import replay, verify
from tests.cli.test_cli import SIZE, coldbench
from tests.studies import TINY
from tests.toy import Switched, Toy


def ablated(learner: type[Toy] = Switched, **what: Any) -> Expanded:
    return expand(AblationSpec(learner="x", **what), Variant(learner), {})


def reasons(found: Expanded) -> dict[str, str]:
    return {one.label: one.left_out for one in found.departures if one.left_out}


def test_each_switch_flips_alone_from_each_side() -> None:
    found = ablated()
    paper = {"loss": "squared", "readout": "mean", "rate": 0.1, "size": 3}
    released = {"loss": "classes", "readout": "argmax", "rate": 1.0, "size": 9}
    assert found.configurations == {
        "x:paper": paper,
        "x:paper~loss": {**paper, "loss": "classes"},
        "x:paper~rate": {**paper, "rate": 1.0, "size": 9},
        "x:released": released,
        "x:released~readout": {**released, "readout": "mean"},
        "x:released~rate": {**released, "rate": 0.1, "size": 3},
    }
    assert bases(found.departures) == ("x:paper", "x:released")


def test_illegal_combinations_are_named_and_left_out() -> None:
    assert reasons(ablated()) == {
        "x:paper~readout": "readout 'argmax' needs classes",
        "x:released~loss": "readout 'argmax' needs classes",
    }


def test_an_illegal_base_takes_its_departures_along() -> None:
    with pytest.raises(UsageError, match=r"nothing to ablate.*x:paper: 'epochs' = '0'"):
        ablated(options={"epochs": 0})


def test_sides_switches_and_pairs_are_chosen() -> None:
    found = ablated(sides=["released"], switches=["rate"], pairs=["rate+readout"])
    assert list(found.configurations) == [
        "x:released",
        "x:released~readout",
        "x:released~rate",
        "x:released~rate~readout",
    ]
    both = found.configurations["x:released~rate~readout"]
    assert both == {"loss": "classes", "readout": "mean", "rate": 0.1, "size": 3}
    assert found.departures[-1].factors == ("rate", "readout")


def test_a_pair_needs_both_of_its_factors_alone() -> None:
    found = ablated(sides=["paper"], pairs=["loss+readout"])
    assert reasons(found)["x:paper~loss~readout"] == "readout alone is left out"


def test_options_vary_one_at_a_time_without_switches() -> None:
    found = ablated(Toy, vary={"epochs": [1, 2, 5], "fault": "print"}, options={"patience": 2})
    assert found.configurations == {
        "x": {"patience": 2},
        "x~epochs=2": {"patience": 2, "epochs": 2},
        "x~epochs=5": {"patience": 2, "epochs": 5},
        "x~fault=print": {"patience": 2, "fault": "print"},
    }
    assert reasons(found) == {
        "x~epochs=1": "changes nothing: the configuration is that of its base"
    }


def test_varying_alone_flips_no_switch_and_a_side_varies_too() -> None:
    assert list(ablated(vary={"rate": [0.5]}).configurations) == ["x", "x~rate=0.5"]
    sided = ablated(sides=["paper"], switches=["loss"], vary={"epochs": [3]})
    assert list(sided.configurations) == ["x:paper", "x:paper~loss", "x:paper~epochs=3"]


def test_two_values_of_one_option_are_no_pair() -> None:
    found = ablated(vary={"size": [1, 2]}, pairs=["size=1+size=2"])
    assert reasons(found) == {"x~size=1~size=2": "both factors set size"}


def test_more_than_two_sides_name_where_a_flip_leads() -> None:
    class Config(LearnerConfig):
        switches: ClassVar[dict[str, dict[str, dict[str, int]]]] = {
            "long": {side: {"epochs": n} for side, n in (("a", 1), ("b", 2), ("c", 3))}
        }

    learner = type("Three", (Toy,), {"Config": Config})
    found = ablated(learner, sides=["b"])
    assert list(found.configurations) == ["x:b", "x:b~long=a", "x:b~long=c"]
    Config.switches["odd"] = {"a": {}, "b": {}}
    with pytest.raises(UsageError, match=r"switch 'odd' has the sides \['a', 'b'\]"):
        ablated(learner)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"sides": ["papers"]}, "unknown side 'papers': did you mean 'paper'"),
        ({"switches": ["los"]}, "unknown switch 'los': did you mean 'loss'"),
        ({"pairs": ["loss+rat"]}, "unknown factor in pairs 'rat': did you mean 'rate'"),
        ({"vary": {"epoch": [1]}}, "unknown option 'epoch': did you mean 'epochs'"),
        ({"options": {"epoch": 1}}, "unknown option 'epoch': did you mean 'epochs'"),
        ({"options": {"rate": 2}}, "option 'rate' belongs to switch 'rate'"),
        ({"vary": {"size": [3]}}, "nothing to ablate.*changes nothing"),
    ],
)
def test_wrong_names(what: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ablated(**what)


def test_a_learner_without_switches_says_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"'x' declares no switches.*--vary OPTION=VALUE"):
        ablated(Toy)


@pytest.mark.parametrize("pair", ["loss", "a+b+c", "a+a"])
def test_a_pair_is_two_factors(pair: str) -> None:
    with pytest.raises(ValueError, match="two different factors"):
        AblationSpec(learner="x", pairs=[pair])  # type: ignore[arg-type]


def test_levels_of_the_command_line() -> None:
    given = ["slots=1,3,8", "memory=false", "slots=9", "rates=[1, 2],[3]"]
    assert parse_levels(given) == {
        "slots": [1, 3, 8, 9],
        "memory": [False],
        "rates": [[1, 2], [3]],
    }
    for bad in ("slots", "=1", "slots=", "slots=[1"):
        with pytest.raises(UsageError, match="--vary"):
            parse_levels([bad])


def test_departures_meet_their_base_only() -> None:
    found = ablated(pairs=["loss+rate"])
    learners = ["bias", *found.configurations]
    meeting = set(couples(learners, found.departures))
    assert meeting == {
        ("bias", "x:paper"),
        ("bias", "x:released"),
        ("x:paper", "x:released"),
        ("x:paper", "x:paper~loss"),
        ("x:paper", "x:paper~rate"),
        ("x:released", "x:released~readout"),
        ("x:released", "x:released~rate"),
    }
    assert len(couples(learners, ())) == len(learners) * (len(learners) - 1) // 2


@pytest.fixture
def study_config(toys: None, tmp_path: Path) -> StudyConfig:
    return StudyConfig(
        ablation=AblationSpec(learner="switched", pairs=(("loss", "rate"),)),
        seeds=3,
        dataset_options=TINY,
        out=tmp_path / "study",
        yardsticks=False,
    )


def test_jobs_carry_label_and_base(study_config: StudyConfig) -> None:
    jobs = plan(study_config)[1]
    assert len(jobs) == 3 * 7
    assert {job.base for job in jobs} == {"switched"}
    assert jobs[1].learner == "switched:paper~loss"
    assert (jobs[0].config["loss"], jobs[1].config["loss"]) == ("squared", "classes")
    again = expanded(expanded(study_config))
    assert [job.hash for job in plan(again)[1]] == [job.hash for job in jobs]


def test_other_learners_and_variants_come_along(study_config: StudyConfig) -> None:
    spec = {"learner": "mine", "vary": {"epochs": (1, 3)}, "options": {"patience": 9}}
    more = study_config.model_copy(
        update={
            "models": ("bias", "mine"),
            "variants": {"mine": Named(base="switched", options={"epochs": 2})},
            "options": {"mine": {"size": 5}},
            "ablation": AblationSpec.model_validate(spec),
        }
    )
    jobs = {job.learner: job for job in plan(more)[1]}
    assert list(jobs) == ["bias", "mine", "mine~epochs=1", "mine~epochs=3"]
    assert {jobs[name].config["size"] for name in jobs if name != "bias"} == {5}
    assert {jobs[name].config["patience"] for name in jobs if name != "bias"} == {9}
    assert [job.config["epochs"] for job in jobs.values()] == [1, 2, 1, 3]


def test_names_of_configurations_are_not_taken(study_config: StudyConfig) -> None:
    taken = study_config.model_copy(update={"options": {"switched:paper": {"epochs": 2}}})
    with pytest.raises(UsageError, match=r"'switched:paper' is a configuration of the ablation"):
        plan(taken)
    with pytest.raises(UsageError, match="unknown learner 'swiched': did you mean 'switched'"):
        plan(StudyConfig(ablation=AblationSpec(learner="swiched")))


def test_departures_of_a_file_name_learners_of_it() -> None:
    lost = {"models": ["bias"], "departures": [{"label": "bias", "base": "bia", "factors": ["x"]}]}
    with pytest.raises(UsageError, match="unknown learner in departures 'bia'"):
        plan(read_config(None, lost))


def test_the_folder_says_what_is_ablated() -> None:
    config = StudyConfig(ablation=AblationSpec(learner="a/b"))
    assert default_folder(config, "synthetic").name == "synthetic-separate-ablation-a-b"


def test_an_ablation_is_a_study_like_any_other(study_config: StudyConfig, tmp_path: Path) -> None:
    """Runs, resumes, verifies, merges, reports, and repeats from its own provenance."""
    study = run_study(study_config, workers=1)
    assert todo(study, plan(study_config)[1]) == []
    assert verify(study.path).passed
    assert replay(study, 1) == []
    parts = []
    for part in (1, 2):
        out = tmp_path / f"part{part}"
        parts.append(out)
        run_study(study_config.model_copy(update={"out": out}), workers=1, shard=(part, 2))
    merged, _ = merge(parts, tmp_path / "merged")
    assert merged.manifest == study.manifest
    data = build(study)
    assert "ablation" in [one.key for one in data.of(Document).sections]
    (tmp_path / "again.yaml").write_text(data.of(OriginTopic).origin.recipe.config)
    again = read_config(tmp_path / "again.yaml", {"dataset_options": TINY})
    assert {job.hash for job in plan(again)[1]} == {job.job_hash for job in study.manifest.jobs}
    assert again.departures == study.manifest.departures


def test_an_edited_departure_is_damage(study_config: StudyConfig) -> None:
    study = run_study(study_config.model_copy(update={"seeds": 1}), workers=1)
    file = study.path / "study.json"
    file.write_text(file.read_text().replace('"label": "switched:paper~loss"', '"label": "x"'))
    assert [one.text for one in verify(study.path).of("damage")] == [
        "departure 'x': no configuration of 'x'"
    ]


@pytest.mark.thorough
def test_the_command_line_and_a_file_plan_the_same(
    toys: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(
        "ablation: {learner: switched, sides: [paper], switches: [loss, readout],"
        " pairs: [loss+epochs=2], vary: {epochs: 2}, options: {patience: 2}}\nseeds: 1\n"
    )
    common = (*SIZE, "--no-yardsticks", "--workers", "1", "--out")
    words = ("--side", "paper", "--switches", "loss,readout", "--pairs", "loss+epochs=2")
    words = (*words, "--vary", "epochs=2", "--set", "patience=2", "--seeds", "1")
    assert coldbench(monkeypatch, "ablate", "switched", *words, *common, tmp_path / "a") == 0
    told = capsys.readouterr().out
    assert "Left out: switched:paper~readout: readout 'argmax' needs classes" in told
    file = ("--config", tmp_path / "a.yaml")
    assert coldbench(monkeypatch, "run", *file, *common, tmp_path / "b") == 0
    first, second = (Study.open(tmp_path / name).manifest for name in "ab")
    assert first == second
    assert [job.learner for job in first.jobs] == [
        "switched:paper",
        "switched:paper~loss",
        "switched:paper~epochs=2",
        "switched:paper~loss~epochs=2",
    ]


@pytest.mark.thorough
def test_a_dry_run_probes_every_configuration(
    toys: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("ablate", "switched", "--seeds", "2", "--dry-run", "--out", tmp_path / "s")
    assert coldbench(monkeypatch, *words, *SIZE) == 0
    told = capsys.readouterr().out
    assert "16 runs" in told, "6 configurations and 2 yardsticks, at 2 seeds"
    assert "unknown learner" not in told
    assert not (tmp_path / "s").exists()


def test_no_switches_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coldbench(monkeypatch, "ablate", "bias") == 2
    assert "declares no switches" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["falsy", 0])
def test_a_value_that_nothing_could_make_good_is_an_error(value: object) -> None:
    option = "task_memory" if value == "falsy" else "slots"
    spec = AblationSpec(learner="mamo", vary={option: [value]})
    variant = Variant.of(registry.load("learner", "mamo"), "mamo")
    with pytest.raises(UsageError, match=f"{option} = '{value}': Input should be"):
        expand(spec, variant, {})
