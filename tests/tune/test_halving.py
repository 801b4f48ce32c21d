"""Successive halving: rung by rung, a model after the first ten, resumable, its cost said."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coldbench.errors import StoreError, UsageError
from coldbench.learning import Choice, Dimension, Real, Whole, load_variant
from coldbench.report import build, describe_methods
from coldbench.report.topics.tuning import TuningTopic
from coldbench.study.budget import describe
from coldbench.study.config import StudyConfig, read_config
from coldbench.study.drive import run_study
from coldbench.study.halving import Halving
from coldbench.tune.bounds import at_bounds
from coldbench.tune.draw import DRAWN, drawn
from coldbench.tune.halving import promoted, upcoming
from coldbench.tune.history import History, Trial
from coldbench.tune.scale import place_of, value_at
from tests.cli.test_cli import SIZE, coldbench
from tests.studies import TINY

pytest.importorskip("optuna")
from coldbench.tune import Tuning, tune, write_tuning
from coldbench.tune.sampler import propose

pytestmark = pytest.mark.filterwarnings("default")

SPACE: dict[str, Dimension] = {
    "a": Real(0.0, 1.0),
    "b": Whole(1, 100, log=True),
    "width": Choice(((8, 8), (16, 16), (32, 32))),
}
DEFAULTS = {"a": 0.5, "b": 10, "width": (16, 16)}
SMALL = Halving(configurations=12, finalists=3)


def trial(number: int, mae: float | None, rung: int = 0, **said: Any) -> Trial:
    found: dict[str, Any] = {"status": "finished", "maes": (mae,)} if mae else {"status": "failed"}
    found |= {"options": {}, "configuration": number, **said}
    return Trial(learner="x", number=number, rung=rung, identity="", **found)


def error(options: dict[str, Any]) -> float:
    """Lowest at a = .9, the other options without effect."""
    return 0.7 + abs({**DEFAULTS, **options}["a"] - 0.9)


def proposals(count: int, startup: int) -> list[dict[str, Any]]:
    trials: list[Trial] = []
    while len(trials) < count:
        start = drawn("x", SPACE)
        n = len(trials)
        options = start[n] if n < DRAWN else propose("x", SPACE, DEFAULTS, trials, 4.0, startup)
        trials.append(trial(n, error(options), options=options))
    return [one.options for one in trials]


@pytest.fixture
def small() -> StudyConfig:
    return StudyConfig(
        models=("bias", "mf", "global-mean"),
        seeds=(1000, 1001),
        dataset_options=TINY,
        halving=SMALL,
    )


def told_apart(found: list[Tuning]) -> list[dict[str, object]]:
    return [t.model_dump(exclude={"seconds"}) for tuning in found for t in tuning.trials]


def test_the_first_ten_are_spread_over_the_space() -> None:
    first, *others = drawn("x", SPACE)
    assert (first, len(others)) == ({}, 9)
    assert sorted(int(9 * options["a"]) for options in others) == list(range(9))
    widths = [options["width"] for options in others]
    assert {widths.count(width) for width in set(widths)} == {3}
    assert drawn("x", SPACE)[1:] == others
    assert drawn("y", SPACE)[1:] != others


def test_a_model_proposes_after_the_first_ten() -> None:
    """With 8 whole trials TPE never did; here it does, and finds where the error is low."""
    random, modelled = proposals(32, startup=99), proposals(32, startup=1)
    assert modelled[:DRAWN] == random[:DRAWN]
    assert all(ours != theirs for ours, theirs in zip(modelled[10:], random[10:], strict=True))
    ours, theirs = ([error(options) for options in found[10:]] for found in (modelled, random))
    assert np.mean(ours) < 0.75 * np.mean(theirs)


def test_choices_of_lists_are_remembered_from_files(tmp_path: Path) -> None:
    """A tuple is a list in a stored trial; the proposal after it must be the same."""
    trials = [trial(n, error(o), options=o) for n, o in enumerate(drawn("x", SPACE))]
    history = History(tmp_path, "x", "")
    stored = [history.add(one) for one in trials]
    assert history.trials() == stored
    assert isinstance(stored[1].options["width"], list)
    assert propose("x", SPACE, DEFAULTS, stored, 4.0, 1) == propose(
        "x", SPACE, DEFAULTS, trials, 4.0, 1
    )


def test_the_defaults_and_the_best_go_on() -> None:
    maes = [0.9, 0.8, None, 0.7, 0.85]
    trials = [trial(n, mae) for n, mae in enumerate(maes)]
    assert [t.number for t in promoted(trials, 3)] == [0, 1, 3]
    assert [t.number for t in promoted([trial(0, None), *trials[1:]], 2)] == [1, 3]
    rungs = Halving(configurations=5, finalists=3).rungs(3)
    assert rungs[0].share < rungs[1].share == 1
    nobody: Any = None
    done = list(trials)
    for number, configuration in enumerate([0, 1, 3], start=5):
        step = upcoming(rungs, done, nobody)
        assert step is not None
        assert (step.rung, step.configuration) == (1, configuration)
        done.append(trial(number, 0.8, 1, configuration=configuration))
    assert upcoming(rungs, done, nobody) is None


def test_rungs_are_measured_in_order_and_the_budget_is_said(
    small: StudyConfig, tmp_path: Path
) -> None:
    bias, mf, mean = tune(small, None, tmp_path)
    assert [t.rung for t in mf.trials] == [0] * 12 + [1] * 3
    assert all(len(t.maes) == (2 if t.rung else 1) for t in mf.trials)
    assert all(max(t.trained) <= (10 if t.rung else 3) for t in mf.trials)
    assert {t.configuration for t in mf.compared} >= {0}
    assert mf.best in mf.compared
    assert mf.best == min(mf.compared, key=lambda t: sum(t.maes))
    budget = mf.budget
    assert (budget.trials, budget.pruned, budget.failed, budget.runs) == (12, 9, 0, 12 + 3 * 2)
    assert budget.epochs == sum(sum(t.trained) for t in mf.trials)
    assert budget.default_mae == mf.compared[0].mae
    assert budget.searched == 6
    assert bias.budget.searched == 0, "one epoch is not chosen"
    assert [t.rung for t in mean.trials] == [0], "nothing to tune"
    assert len(mean.trials[0].maes) == 2
    assert describe(budget.model_dump(mode="json"), budget.options).startswith(
        f"12 configurations, 18 runs, {budget.epochs} epochs, "
    )


@pytest.mark.thorough
def test_interrupted_equals_unbroken_and_workers_do_not_matter(
    small: StudyConfig, tmp_path: Path
) -> None:
    whole = tune(small, None, tmp_path / "whole")
    stored = sorted((tmp_path / "whole" / "trials" / "mf").iterdir())
    assert len(stored) == 15
    for kept in (11, 13):  # killed in the first rung, and in the last
        for file in stored[kept:]:
            file.unlink(missing_ok=True)
        (stored[0].parent / f".{kept:04d}.json.1.aa").write_text('{"half')
        assert told_apart(tune(small, None, tmp_path / "whole")) == told_apart(whole)
    heard: list[Trial] = []
    assert told_apart(tune(small, None, tmp_path / "two", 2, heard.append)) == told_apart(whole)
    assert len(heard) == 15 + 15 + 1


def test_another_form_or_number_is_refused(small: StudyConfig, tmp_path: Path) -> None:
    one = small.model_copy(update={"models": ("bias",)})
    tune(one, None, tmp_path)
    with pytest.raises(StoreError, match="--trials instead of --configurations"):
        tune(one, 20, tmp_path)
    more = one.model_copy(update={"halving": Halving(configurations=13)})
    with pytest.raises(StoreError, match="another number of these; choose another --out"):
        tune(more, None, tmp_path)


@pytest.mark.parametrize(
    ("halving", "message"),
    [
        ({"configurations": 3}, "3 configurations for 3 finalists: give more configurations, 4"),
        ({"finalists": 1}, "1 finalists: give 2 or more"),
        ({"share": 0}, "share 0 is no share of the epochs: above 0, at most 1, such as 0.25"),
        ({"rounds": 3}, "unknown key"),
    ],
)
def test_bad_input_names_value_and_fix(
    halving: dict[str, float], message: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"halving: {halving}\n", "utf-8")
    with pytest.raises(UsageError, match=message) as refused:
        read_config(file, {})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--trials", "8", "--configurations", "32"), "two ways to tune: give one of them"),
        (("--seeds", "1000"), "asks for 1,000 seeds: write --seeds 1000,"),
        (("--seeds", "3,4"), "seed 3 is one that a study may use"),
        (("--configurations", "2"), "2 configurations for 3 finalists"),
    ],
)
def test_bad_words_are_refused(
    words: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert coldbench(monkeypatch, "tune", "-m", "bias", *words, "--out", tmp_path / "t") == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_the_command_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("-m", "mf", "--configurations", 4, "--seeds", 2, "--out", tmp_path / "t")
    assert coldbench(monkeypatch, "tune", *words, *SIZE) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "mf 3, rung 1: MAE" in shown
    assert "mf 0, rung 2: MAE" in shown
    assert "The best is the lowest of several" in shown
    config = read_config(tmp_path / "t" / "tuned.yaml", {})
    assert config.tuning["mf"].seeds == (1000, 1001)
    assert [rung.configurations for rung in config.tuning["mf"].rungs] == [4, 3]


def test_the_report_says_rungs_seconds_luck_and_bounds(small: StudyConfig, tmp_path: Path) -> None:
    tunings = tune(small, None, tmp_path / "t")
    file = write_tuning(small, tunings, tmp_path / "t")
    head, first = (tmp_path / "t" / "history.csv").read_text("utf-8").splitlines()[:2]
    assert head.endswith("rung,configuration,trained")
    assert first.startswith("bias,0,finished")
    said = {"seeds": (0, 1), "out": str(tmp_path / "study"), "yardsticks": False}
    config = read_config(file, said)
    mf = config.tuning["mf"].model_copy(update={"at_bounds": {"penalty": "highest"}})
    config = config.model_copy(update={"tuning": {**config.tuning, "mf": mf}})
    study = run_study(config, workers=1)
    notes = " ".join(build(study).of(TuningTopic).section().notes)
    assert "12 in 25 % of the epochs on 1 seed; 3 in all of the epochs on 2 seeds" in notes
    budgets = [tuning.budget for tuning in tunings]
    assert f"together {sum(b.epochs for b in budgets):,} epochs in" in notes
    assert "lowest of several errors" in notes
    assert "a wider space might hold better values: mf penalty (highest)" in notes
    assert "the search is random" not in notes
    methods = describe_methods(study)
    assert "1 to 12 configurations each, the defaults first" in methods
    assert "by successive halving to 3 (Jamieson & Talwalkar 2016)" in methods


def test_options_at_a_bound_are_named() -> None:
    variant = load_variant("mf")
    space = variant.dimensions()
    config = variant.configure({"penalty": 59.0, "shrink_user": 0.5, "factors": 8})
    assert at_bounds(config, space) == {"penalty": "highest", "shrink_user": "lowest"}
    melu = load_variant("melu")
    ends = {"user_dropout": 0.0, "batch_size": 32, "hidden": (128, 128), "inner_steps": 10}
    assert at_bounds(melu.configure(ends), melu.dimensions()) == {
        "batch_size": "lowest",
        "inner_steps": "highest",
    }


@pytest.mark.parametrize("dimension", [Real(0.01, 5.0, log=True), Real(-1, 2), Whole(1, 9)])
def test_places_and_values_are_each_others_inverse(dimension: Real | Whole) -> None:
    for value in (dimension.low, dimension.high):
        place = place_of(dimension, value)
        assert place in (0.0, 1.0)
        assert value_at(dimension, min(place or 0.0, 1 - 1e-12)) == pytest.approx(value)
    values = [value_at(dimension, (n + 0.5) / 90) for n in range(90)]
    assert values == sorted(values)
    if isinstance(dimension, Whole):
        assert {values.count(value) for value in values} == {10}


def test_short_runs_are_short_in_all_that_is_counted_in_epochs() -> None:
    assert load_variant("melu").configure({"epochs": 14}).shortened(0.25).epochs == 4
    assert load_variant("bias").configure({}).shortened(0.25).epochs == 1
    pretrained: Any = load_variant("melu-pretrained").configure({}).shortened(0.25)
    assert (pretrained.epochs, pretrained.pretrain) == (4, 1)
    trees: Any = load_variant("gbdt").configure({"epochs": 10, "rate": 0.06}).shortened(0.25)
    assert (trees.epochs, trees.rate) == (3, pytest.approx(0.2))
