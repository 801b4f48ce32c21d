"""Configuration from outside: plain YAML only, and errors that name the fix."""

from pathlib import Path

import pytest

from coldbench.errors import UsageError
from coldbench.options import parse_assignments, read_yaml
from coldbench.study.config import Named, StudyConfig, read_config
from coldbench.study.planning import plan


def test_assignments() -> None:
    given = ["melu.inner_rate=0.1", "melu.loss=squared", "protocol.validation.users=0.2"]
    assert parse_assignments([*given, "protocol.validation.items=0.3"]) == {
        "melu": {"inner_rate": 0.1, "loss": "squared"},
        "protocol": {"validation": {"users": 0.2, "items": 0.3}},
    }


@pytest.mark.parametrize("text", ["melu", "melu=1", "melu.=1", ".x=1", "melu.x", "a.b=[1"])
def test_bad_assignments(text: str) -> None:
    with pytest.raises(UsageError, match="--set"):
        parse_assignments([text])


@pytest.mark.parametrize(
    "text",
    [
        "models: !!python/object/apply:os.system ['true']",
        "a: &x [1]\nb: *x",
        "a: 1\na: 2",
        "- 1",
        "a: [",
        "1: 2",
        "\x00",
        "[" * 5000,
        "a: " + "x" * 1_000_001,
    ],
)
def test_hostile_yaml(text: str, tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"study\.yaml"):
        read_yaml(file)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"modles": ["bias"]}, "did you mean 'models'"),
        ({"seeds": 0}, "positive number"),
        ({"seeds": [1, 1]}, "different seeds"),
        ({"seeds": "many"}, "seeds"),
        ({"models": []}, "models"),
        ({"scenarios": ["W-X"]}, "known are W-W"),
        ({"shots": [-1]}, "0 or more"),
    ],
)
def test_wrong_values(data: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_config(None, data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"models": ("maml",)}, "unknown learner 'maml'.*did you mean 'mamo'|did you mean"),
        ({"protocol": "mixd"}, "did you mean 'mixed'"),
        ({"dataset": "synthetik"}, "did you mean 'synthetic'"),
        ({"options": {"bias": {"shrink_usr": 1}}}, "did you mean 'shrink_user'"),
        ({"options": {"mleu": {}}}, "unknown learner in options"),
        ({"protocol_options": {"querry": 3}}, "did you mean 'query'"),
        ({"dataset_options": {"n_user": 3}}, "did you mean 'dataset.n_users'"),
        ({"dataset": "/no/such/folder"}, "no/such/folder"),
    ],
)
def test_wrong_names(data: dict[str, object], message: str) -> None:
    config = StudyConfig(models=("bias",)).model_copy(update=data)
    with pytest.raises(Exception, match=message) as caught:
        plan(config)
    assert caught.value.status in (2, 4)  # type: ignore[attr-defined]


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text("seeds: 3\noptions: {bias: {shrink_user: 2.0, shrink_item: 3.0}}")
    config = read_config(file, {"seeds": 5, "options": {"bias": {"shrink_user": 9}}})
    assert config.seed_list == (0, 1, 2, 3, 4)
    assert config.options["bias"] == {"shrink_user": 9, "shrink_item": 3.0}


def test_named_variants_are_learners_of_their_own(config: StudyConfig) -> None:
    more = config.model_copy(
        update={
            "models": ("bias", "shy"),
            "variants": {"shy": Named(base="bias", options={"shrink_user": 50.0})},
        }
    )
    jobs = plan(more)[1]
    assert [(job.learner, job.base) for job in jobs[:2]] == [("bias", "bias"), ("shy", "bias")]
    assert jobs[1].config["shrink_user"] == 50.0
    assert len({job.hash for job in jobs}) == 4
