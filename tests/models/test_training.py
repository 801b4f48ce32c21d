"""Models on disk: stored whole or not at all, continued, and refused when they are others."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from coldbench import registry
from coldbench.data.ratings import Ratings
from coldbench.errors import Declined, Diverged, StoreError, UsageError
from coldbench.learning import fit, load_variant
from coldbench.models import (
    ModelFolder,
    SeedRecord,
    Step,
    TrainingProgress,
    open_model,
    train_model,
)
from coldbench.rng import Seeds, global_generators
from coldbench.tasks import Separate
from tests.models.worlds import NOBODY, support_of, world

FEW = {"epochs": 3}
PROGRAM = """
import sys, warnings
import pandas as pd
from pathlib import Path
from coldbench.models import open_model
warnings.simplefilter("ignore")
models, folder = map(Path, sys.argv[1:])
support = pd.read_csv(folder / "support.csv", dtype={"user": str, "item": str})
for path in sorted(models.glob("*/model.json")):
    answers = open_model(path.parent).predict(support, items=["1", "2", "30"])
    answers.to_parquet(folder / f"{path.parent.name}.parquet")
"""


@pytest.mark.thorough
@pytest.mark.filterwarnings("default")
def test_every_learner_predicts_alike_in_a_fresh_process(
    stored: Callable[[str], Path], tmp_path: Path
) -> None:
    support = support_of(world()[1], NOBODY)
    support.to_csv(tmp_path / "support.csv", index=False)
    expected, declined = {}, list[str]()
    for name in registry.names("learner"):
        try:
            model = stored(name)
        except Declined as error:
            declined.append(str(error))
            continue
        expected[name] = open_model(model).predict(support, items=["1", "2", "30"])
    program = [sys.executable, "-c", PROGRAM, str(model.parent), str(tmp_path)]
    subprocess.run(program, check=True)
    for name, answers in expected.items():
        again = pd.read_parquet(tmp_path / f"{name}.parquet")
        pd.testing.assert_frame_equal(answers, again, check_exact=True, obj=name)
    assert all("pip install" in reason for reason in declined)


def test_the_last_learner_is_that_of_a_study_on_all_ratings(tmp_path: Path) -> None:
    """The same epochs as `fit` chooses; then a learner of all ratings, with no user left out."""
    data, _ = world()
    variant, seeds = load_variant("plain"), Seeds.joint(1)
    config = variant.configure(FEW)
    with global_generators(1):
        fitted = fit(variant, config, data, Separate().split(data, seeds), seeds)
    steps: list[Step] = []
    done: list[SeedRecord] = []
    progress = TrainingProgress(step=steps.append, done=done.append)
    train_model("plain", data, tmp_path / "m", seeds=[1], options=FEW, progress=progress)
    maes = [step.mae for step in steps if step.mae is not None]
    expected = [entry["validation_mae"] for entry in fitted.curve]
    assert maes == pytest.approx(expected, abs=1e-6)  # sums of one thread, and of two
    assert done[0].epochs == fitted.epochs == len(steps) - len(maes)
    assert done[0].validation_mae == min(maes)


def test_an_interrupted_training_goes_on(tmp_path: Path) -> None:
    data, _ = world()
    out = tmp_path / "deep" / "model"

    def stop(record: SeedRecord) -> None:
        if record.seed == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_model("ridge", data, out, seeds=3, progress=TrainingProgress(done=stop))
    left = out / "seeds" / ".2.123.abc"
    left.mkdir()
    with pytest.raises(StoreError, match="has 2 of 3 seeds: its training was interrupted"):
        open_model(out)
    trained: list[int] = []
    progress = TrainingProgress(done=lambda record: trained.append(record.seed))
    train_model("ridge", data, out, seeds=3, progress=progress)
    assert trained == [2]
    assert not left.exists()
    train_model("ridge", data, out, seeds=5, progress=progress)
    assert trained == [2, 3, 4]
    assert len(open_model(out).members) == 5
    assert [path.name for path in out.parent.iterdir()] == ["model"]


@pytest.mark.usefixtures("toys")
def test_another_model_is_refused_with_the_way_out(tmp_path: Path) -> None:
    data, whole = world()
    out = train_model("bias", data, tmp_path / "m")
    for learner, ratings, options, other in (
        ("ridge", data, None, "learner"),
        ("bias", whole, None, "dataset_sha256"),
        ("bias", data, {"shrink_user": 9}, "config"),
    ):
        with pytest.raises(UsageError, match=f"holds 'bias'.*{other}.*--overwrite"):
            train_model(learner, ratings, out, options=options)
    train_model("ridge", data, out, overwrite=True)
    assert open_model(out).record.learner == "ridge"
    with pytest.raises(Declined):
        train_model("toy", data, out, overwrite=True, options={"fault": "decline"})
    assert open_model(out).record.learner == "ridge"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    for overwrite in (False, True):
        with pytest.raises(UsageError, match="is no model and not empty"):
            train_model("bias", data, tmp_path / "mine", overwrite=overwrite)
    assert (tmp_path / "mine" / "thesis.tex").exists()
    (tmp_path / "empty").mkdir()
    train_model("bias", data, tmp_path / "empty")


def test_wrong_names_suggest_the_right_ones(tmp_path: Path) -> None:
    data, _ = world()
    for words, message in (
        ({"learner": "rige"}, "did you mean 'ridge'"),
        ({"learner": "ridge", "protocol": "al"}, "did you mean 'all'"),
        ({"learner": "ridge", "options": {"penalti": 1}}, "did you mean 'penalty'"),
        ({"learner": "ridge", "seeds": 0}, "positive number of seeds"),
    ):
        with pytest.raises(UsageError, match=message):
            train_model(**{"ratings": data, "out": tmp_path / "m", **words})  # type: ignore[arg-type]
    assert not (tmp_path / "m").exists()


@pytest.mark.usefixtures("toys")
def test_a_learner_that_declines_or_diverges_says_which_seed(tmp_path: Path) -> None:
    data, _ = world()
    with pytest.raises(Declined, match="toy seed 0: no reason to work today"):
        train_model("toy", data, tmp_path / "a", options={"fault": "decline"})
    with pytest.raises(Diverged, match="toy seed 0: loss is nan in epoch 1"):
        train_model("toy", data, tmp_path / "b", options={"fault": "nan-loss", "epochs": 2})
    assert ModelFolder(tmp_path / "b").stored() == ()


def test_damage_is_told(tmp_path: Path) -> None:
    out = train_model("ridge", world()[0], tmp_path / "m")
    state = out / "seeds" / "0" / "state.safetensors"
    whole = state.read_bytes()
    state.write_bytes(whole[:-1] + b"\0")
    with pytest.raises(StoreError, match="is not the file that was stored"):
        open_model(out)
    state.write_bytes(whole)
    open_model(out)
    for file in (out / "catalogue.safetensors", out / "catalogue.json", out / "model.json"):
        text = file.read_bytes()
        file.write_bytes(text[: len(text) // 2])
        with pytest.raises(StoreError, match="is damaged"):
            open_model(out)
        file.write_bytes(text)
    record = json.loads((out / "model.json").read_text())
    (out / "model.json").write_text(json.dumps({**record, "schema_version": 2}))
    with pytest.raises(StoreError, match="newer coldbench"):
        open_model(out)
    with pytest.raises(StoreError, match="is no model: make one with `coldbench train`"):
        open_model(tmp_path / "nowhere")


def test_changed_code_is_told(tmp_path: Path) -> None:
    out = train_model("bias", world()[0], tmp_path / "m")
    record = json.loads((out / "model.json").read_text())
    (out / "model.json").write_text(json.dumps({**record, "code": "2:0000000000000000"}))
    assert "the code of bias has changed" in open_model(out).notes[0]


def test_repeated_pairs_count_once(tmp_path: Path, ratings: Ratings) -> None:
    data, _ = world()
    twice = np.concatenate([np.arange(len(data)), np.zeros(50, np.int64)])
    fields = {"user": data.user, "item": data.item, "value": data.value}
    repeated = Ratings(
        name="twice", time=None, scale=data.scale, catalogue=data.catalogue,
        user_id=data.user_id, item_id=data.item_id,
        **{name: np.asarray(column)[twice] for name, column in fields.items()},
    )  # fmt: skip
    one, two = (
        open_model(train_model("global-mean", given, tmp_path / given.name)).members[0]
        for given in (data, repeated)
    )
    assert torch.tensor(one.centre) == two.centre  # type: ignore[attr-defined]
