"""Learners that share a network: its options are tuned once, and the others take them."""

from pathlib import Path

import pytest

from coldbench.errors import UsageError
from coldbench.learning import load_variant
from coldbench.study.budget import Budget, describe
from coldbench.study.config import StudyConfig, read_config
from coldbench.study.planning import plan
from coldbench.tune.taking import in_order
from tests.studies import TINY

pytest.importorskip("optuna")
from coldbench.tune import tune, write_tuning

pytestmark = pytest.mark.filterwarnings("default")
SHORT = {"epochs": 2, "embedding": 4}
SHARED = ("rate", "weight_decay", "hidden", "rare_decay")


def study(*models: str, **options: dict[str, object]) -> StudyConfig:
    given = {name: {**SHORT, **options.get(name.replace("-", "_"), {})} for name in models}
    return StudyConfig(
        models=models,
        seeds=(1000,),
        options=given,
        dataset_options=TINY,
    )


def test_what_shares_a_network_runs_with_what_was_found_for_it(tmp_path: Path) -> None:
    """The base is tuned first, wherever it is named; each other one changes its own alone."""
    config = study("plain-id", "plain", "plain-finetune", plain={"weight_decay": 0.5})
    found = {tuning.learner: tuning for tuning in tune(config, 3, tmp_path)}
    assert list(found) == list(config.models)
    base = found["plain-finetune"]
    assert len(found["plain"].trials) == 1  # nothing of its own: measured once
    assert {name for t in found["plain-id"].trials for name in t.options} == {"item_dropout"}
    _, jobs = plan(read_config(write_tuning(config, list(found.values()), tmp_path), {"seeds": 1}))
    runs = {job.learner: job.config for job in jobs}
    for name in SHARED:
        assert runs["plain-id"][name] == runs["plain-finetune"][name]
    assert runs["plain"]["weight_decay"] == 0.5  # given, so not taken
    assert runs["plain"]["tune_steps"] == 0
    assert runs["plain"]["rate"] == runs["plain-finetune"]["rate"]
    assert runs["plain-finetune"]["rate"] == base.chosen.model_dump()["rate"]


def test_a_base_at_other_options_hands_them_on(tmp_path: Path) -> None:
    """Also what was fixed for it: `--set plain-finetune.rate=.007` is common to all."""
    models = "plain-finetune", "plain-id", "metaemb"
    given = {"plain_finetune": {"rate": 0.007}, "plain_id": {"item_dropout": 0.4}}
    base, between, other = tune(study(*models, **given), 1, tmp_path)
    bases = [(), ("plain-finetune",), ("plain-finetune", "plain-id")]
    assert [one.bases for one in (base, between, other)] == bases
    assert other.taken == {"rate": 0.007, "item_dropout": 0.4}
    budget = other.budget.model_dump(mode="json")
    assert budget["options"]["rate"] == 0.007
    said = "base options of plain-finetune and plain-id, 1 trial"
    assert describe(budget, budget["options"]).startswith(said)
    assert describe(budget, budget["options"], tunable=False).startswith("base options of")
    assert "bases" not in base.budget.model_dump(mode="json")  # as in records of before


def test_without_its_base_a_learner_is_not_tuned(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"as in --models plain-finetune,plain-id,mwuf"):
        tune(study("mwuf"), None, tmp_path)


def test_nobody_takes_from_those_that_take_from_it() -> None:
    assert in_order({"c": {"x": "b"}, "b": {"x": "a"}, "a": {}, "d": {}}) == [
        ["a", "d"], ["b"], ["c"],
    ]  # fmt: skip
    with pytest.raises(UsageError, match="take options from each other"):
        in_order({"a": {"x": "b"}, "b": {"x": "a"}})


def test_options_that_are_not_in_use_did_not_change() -> None:
    """Tuning proposes a dropout of ids also where ids are off, and records leave it out then."""
    melu = load_variant("melu")
    found = {"item_id": False, "item_id_dropout": 0.5, "id_decay": 2.0, "rate": 0.004}
    budget = Budget(trials=3, options=found).model_dump(mode="json")
    ran = melu.configure(found).model_dump(mode="json")
    assert "changed" not in describe(budget, ran)
    assert describe(budget, {**ran, "rate": 0.01}).endswith("changed since: rate")
