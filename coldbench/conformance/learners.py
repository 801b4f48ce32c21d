"""One suite for every registered learner, ours or another package's: what the harness relies on.

Each check is a function that raises AssertionError with an explanation; `CHECKS` lists them all.
All later checks depend on those in `GATES`; `NEEDS` names further dependencies of single ones;
`QUICK` are those that a learner of another package passes before its first run in a study.
"""

import contextlib
import copy
import dataclasses
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import torch

from coldbench.audit import Audit, Rooms, findings_of
from coldbench.conformance.unsteady import holds
from coldbench.data import Catalogue, Field, Ratings, Scale, alone, open_dataset, withheld
from coldbench.errors import Declined
from coldbench.learning import (
    SUPPORTED,
    Domain,
    Learner,
    LearnerConfig,
    Predictions,
    SequentialLearner,
    State,
    TrainingData,
    Variant,
    fill,
    fit,
    in_sequence,
    predict,
    state_of,
)
from coldbench.rng import Seeds, generator, global_generators
from coldbench.running import Job, Prepared, SplitKey, asked, permitted
from coldbench.tasks import EpisodeBatch, Separate, Split, Tasks, batches

__all__ = ["CHECKS", "GATES", "NEEDS", "QUICK", "Problem", "fewer_ratings", "small_ratings"]

TOLERANCE = 2e-4  # rating points: float32 sums in another order
SEEDS = Seeds.joint(0)
CLEAR = 0.12  # of chance; steady learners gain .22 to .36, random draws 0 with an sd of .01 to .04
NEAR = 2.5  # of 9.5 rating points
ASKED = 24  # test tasks, where each waits for the one before
GRADED = 150  # test tasks of such a learner, in the check of learning
FEW = 5  # support ratings, of a learner that takes its time for each


def small_ratings() -> Ratings:
    """Synthetic ratings on which any learner trains in seconds."""
    return open_dataset("synthetic", {"n_users": 240, "n_items": 160, "n_ratings": 9600})


def fewer_ratings() -> Ratings:
    """Those of the audit, and of checks for which it does not matter how much is learned."""
    return open_dataset("synthetic", {"n_users": 120, "n_items": 100, "n_ratings": 4000})


@dataclass(frozen=True)
class Problem:
    """A learner on small data. `trained` is fitted once, with at most `most_epochs` epochs, on
    `device`.

    A SequentialLearner takes its users one after the other, here and in training: it trains for
    one epoch, most checks ask it about `ASKED` test tasks, and that of learning about `GRADED`,
    with `FEW` support ratings.
    """

    variant: Variant
    ratings: Ratings
    seeds: Seeds = SEEDS
    device: str = "cpu"
    most_epochs: int = 3

    @cached_property
    def config(self) -> LearnerConfig:
        most = 1 if self.sequential else self.most_epochs
        return self.variant.configure({"epochs": min(self.variant.configure({}).epochs, most)})

    @cached_property
    def brief(self) -> "Problem":
        """Fewer ratings, and one epoch where the learner allows that: a sixth of the work, for
        checks that need a trained learner, whatever it has learned."""
        return dataclasses.replace(self.shorter(1), ratings=fewer_ratings())

    def shorter(self, epochs: int) -> "Problem":
        """The same with fewer epochs at most, where the learner allows so few."""
        allowed = _is_legal(self.variant, {"epochs": epochs})
        return dataclasses.replace(self, most_epochs=epochs) if allowed else self

    @cached_property
    def sequential(self) -> bool:
        """Whether it takes its users one after the other."""
        kind, config = self.variant.learner, self.variant.configure({})
        return issubclass(kind, SequentialLearner) and in_sequence(self._built(config))

    @cached_property
    def split(self) -> Split:
        return Separate().split(self.ratings, self.seeds)

    @cached_property
    def trained(self) -> Learner:
        return self.fitted(self.ratings)

    def fitted(self, ratings: Ratings) -> Learner:
        """A newly fitted learner, for the split of the original ratings, of which it sees what the
        learners of a study see."""
        seen = alone(withheld(ratings, self.split.trained), self.split.trained)
        with global_generators(self.seeds.init):
            given = self.variant, self.config, seen, self.split, self.seeds
            return fit(*given, device=self.device).learner

    def built(self) -> Learner:
        """A learner that has not trained."""
        return self._built(self.config)

    def _built(self, config: LearnerConfig) -> Learner:
        domain = Domain(self.ratings.catalogue, self.ratings.scale, self.device)
        with global_generators(self.seeds.init):
            return self.variant.learner(config, domain, generator(self.seeds.init, "init"))

    @cached_property
    def asked(self) -> Tasks:
        """The test tasks of all checks but that of learning."""
        count = ASKED if self.sequential else None
        return self.split.test.drawn(count, np.random.default_rng(0))

    @cached_property
    def answers(self) -> Predictions:
        """Of the trained learner."""
        return self.predictions(self.trained)

    def predictions(self, learner: Learner) -> Predictions:
        return predict(learner, self.asked, self.ratings)

    @cached_property
    def audit(self) -> Audit:
        """The replays of `coldbench audit` on fewer data, in this process; two epochs, so that one
        is chosen by validation."""
        ratings = fewer_ratings()
        protocol = Separate(test_tasks=ASKED // 4 if self.sequential else None)
        job = Job(
            dataset=ratings.name,
            dataset_sha256=ratings.sha256,
            protocol=protocol.name,
            protocol_options=protocol.model_dump(mode="json"),
            learner="checked",
            base="checked",
            config=self.shorter(2).config.model_dump(mode="json"),
            seeds=self.seeds,
            device=self.device,
        )
        rooms = Rooms(job, ratings, protocol.split(ratings, self.seeds))
        return findings_of(rooms, partial(rooms.here, prepared=self._prepared))

    def _prepared(self, job: Job) -> Prepared:
        epochs = 2 if job.seeds == self.seeds else 1  # of a job before it, to see its ratings
        config = self.shorter(epochs).config
        key = SplitKey.of(job)
        return Prepared(*permitted(key), self.variant, config, partial(asked, key))

    def at(self, seed: int) -> "Problem":
        """The same at another joint seed: another split, other initial weights."""
        seeds = Seeds.joint(seed)
        return self if seeds == self.seeds else dataclasses.replace(self, seeds=seeds)

    @cached_property
    def gain(self) -> float:
        """1 - MAE on the test queries / MAE of a random draw from the ratings."""
        asked, most = (GRADED, FEW) if self.sequential else (None, None)
        tasks = self.split.test.drawn(asked, np.random.default_rng(0)).shots(most)
        predictions = predict(self.trained, tasks, self.ratings)
        low, high, _ = self.ratings.scale
        rating = np.asarray(self.ratings.value, np.float64)
        truth = rating[predictions.row]
        error = np.abs(np.clip(predictions.score, low, high) - truth).mean()
        level, count = np.unique(rating, return_counts=True)
        drawn = np.abs(truth[:, None] - level).mean(0) @ count / len(rating)
        return float(1 - error / drawn)

    @cached_property
    def batch(self) -> EpisodeBatch:
        """Sixteen test episodes of unequal lengths."""
        batch, _ = next(batches(self.split.test, self.ratings, max_tasks=16, by_length=False))
        return batch.to(self.device)


def _is_legal(variant: Variant, options: Mapping[str, object]) -> bool:
    try:
        variant.configure(options)
    except ValueError:
        return False
    return True


def answers_are_ratings(problem: Problem) -> None:
    """After training, predict returns floats [B, Q], a finite number for each query."""
    batch = problem.batch
    predicted: object = problem.trained.predict(batch)
    assert isinstance(predicted, torch.Tensor), (
        f"predict returned {type(predicted).__name__}, not torch.Tensor"
    )
    assert predicted.is_floating_point(), f"predict returned {predicted.dtype}, not floats"
    shape, wanted = list(predicted.shape), list(batch.query_mask.shape)
    assert shape == wanted, f"predict returned shape {shape}, batch.query_mask has {wanted}"
    bad = int((~torch.isfinite(predicted[batch.query_mask])).sum())
    assert not bad, f"{bad} of {int(batch.query_mask.sum())} predictions are NaN or infinite"


def same_answer_twice(problem: Problem) -> None:
    """Two fits of one job give bit-equal predictions."""
    brief = problem.brief
    again = brief.predictions(brief.fitted(brief.ratings))
    assert np.array_equal(brief.answers.score, again.score), "two runs of one job differ"


def prediction_is_pure(problem: Problem) -> None:
    """Predicting changes neither the batch nor later predictions."""
    learner, batch = copy.deepcopy(problem.trained), copy.deepcopy(problem.batch)
    first = learner.predict(batch).clone()
    for f in dataclasses.fields(batch):
        same = torch.equal(getattr(batch, f.name), getattr(problem.batch, f.name))
        assert same, f"predict changed batch.{f.name} in place"
    assert torch.equal(first, learner.predict(batch)), "predicting twice gives two answers"


def order_does_not_matter(problem: Problem) -> None:
    """Permuting the episodes of a batch permutes the predictions, or the learner says otherwise."""
    if in_sequence(problem.trained):
        _order_matters(problem)
        return
    batch, flip = problem.batch, torch.arange(len(problem.batch) - 1, -1, -1)
    turned = EpisodeBatch(*(getattr(batch, f.name)[flip] for f in dataclasses.fields(batch)))
    _same(problem.trained, turned, batch, "the order of episodes matters", flip)


def batch_mates_do_not_matter(problem: Problem) -> None:
    """An episode alone gets the same predictions as within a batch."""
    if in_sequence(problem.trained):
        return
    batch, one = problem.batch, torch.tensor([len(problem.batch) // 2])
    alone = EpisodeBatch(*(getattr(batch, f.name)[one] for f in dataclasses.fields(batch)))
    _same(problem.trained, alone, batch, "other episodes of the batch matter", one)


def other_queries_do_not_matter(problem: Problem) -> None:
    """A query alone gets the same prediction as among the user's other queries."""
    if in_sequence(problem.trained):
        return
    batch = problem.batch
    alone = dataclasses.replace(
        batch, query_item=batch.query_item[:, :1], query_mask=batch.query_mask[:, :1]
    )
    difference = problem.trained.predict(alone) - problem.trained.predict(batch)[:, :1]
    worst = difference[alone.query_mask].abs().max()
    assert worst <= TOLERANCE, f"other queries of the user matter: predictions move by {worst:.2g}"


def padding_does_not_matter(problem: Problem) -> None:
    """Neither the amount nor the content of padding changes a prediction."""
    batch = problem.batch
    expected, width = problem.trained.predict(batch), batch.query_mask.shape[1]
    given = problem.trained.predict(_refilled(batch, 7))[:, :width]
    worst = (given - expected)[batch.query_mask].abs().max()
    assert worst <= TOLERANCE, f"padding matters: predictions move by {worst:.2g}"
    if in_sequence(problem.trained):
        return
    count = batch.support_mask.sum(1)
    one, most = count.argmin().view(1), max(int(count.min()), 1)
    bare = EpisodeBatch(
        batch.user[one], batch.support_item[one, :most], batch.support_value[one, :most],
        batch.support_mask[one, :most], batch.query_item[one], batch.query_mask[one],
    )  # fmt: skip
    _same(problem.trained, bare, batch, "padding matters", one)


def targets_are_never_seen(problem: Problem) -> None:
    """Other values of all ratings that a learner must not see change no prediction, and no file is
    opened."""
    _no_leak(problem, "split", "files", "counterfactual")


def earlier_work_does_not_matter(problem: Problem) -> None:
    """A job after another one in the same process, or after a part of its own test tasks, gives the
    same predictions as alone."""
    _no_leak(problem, "repeat", "history", "order")


def a_part_of_the_tasks_is_enough(problem: Problem) -> None:
    """A tenth of the test tasks, in other batches, gets the same predictions as among all, and half
    of them the same whatever the others' support ratings are."""
    _no_leak(problem, "subset", "supports")


def errors_are_possible(problem: Problem) -> None:
    """The MAE is not below that of the best possible predictions, which these data know."""
    _no_leak(problem, "floor")


def short_supports_work(problem: Problem) -> None:
    """Zero, one or two support ratings, and a single query, get finite predictions."""
    for shots in (0, 1, 2):
        predict(problem.trained, problem.asked.shots(shots), problem.ratings)
    batch = problem.batch
    short = EpisodeBatch(
        batch.user[:1], batch.support_item[:1, :1], batch.support_value[:1, :1],
        batch.support_mask[:1, :1], batch.query_item[:1, :1], batch.query_mask[:1, :1],
    )  # fmt: skip
    assert torch.isfinite(problem.trained.predict(short)).all(), "one query: not a finite number"


def unknown_content_works(problem: Problem) -> None:
    """Users and items with unknown content get predictions."""
    problem = problem.brief
    old = problem.ratings.catalogue
    blank = dataclasses.replace(
        old,
        user_fields=tuple(_blanked(field) for field in old.user_fields),
        item_fields=tuple(_blanked(field) for field in old.item_fields),
    )
    _fits(problem, dataclasses.replace(problem.ratings, catalogue=blank, sha256=""))


def no_content_works_or_is_declined(problem: Problem) -> None:
    """A catalogue without fields: a learner works or raises Declined with a reason."""
    problem = problem.brief
    old = problem.ratings.catalogue
    bare = Catalogue(old.n_users, old.n_items)
    _fits(problem, dataclasses.replace(problem.ratings, catalogue=bare, sha256=""))


def another_scale_works(problem: Problem) -> None:
    """Ratings from 0.5 to 10 in half points: predictions are about as large as the ratings."""
    problem = problem.brief
    value = (np.asarray(problem.ratings.value) * 2).astype(np.float32)
    scaled = dataclasses.replace(
        problem.ratings, value=value, scale=Scale(0.5, 10.0, 0.5), best=None, sha256=""
    )
    wanted, seen = float(np.median(value)), list[float]()

    def near(seed: int) -> bool:
        run = problem.at(seed)
        learner = _fits(run, scaled)
        if learner is None:
            return True
        seen.append(float(np.median(predict(learner, run.asked, scaled).score)))
        return abs(seen[-1] - wanted) < NEAR

    assert holds(near), f"ratings around {wanted:g}, predictions around {seen[0]:.3g}"


def copies_predict_alike(problem: Problem) -> None:
    """Copies by pickle and deepcopy predict bit-equally."""
    expected = problem.trained.predict(problem.batch)
    copies = (pickle.loads(pickle.dumps(problem.trained)), copy.deepcopy(problem.trained))
    for other in copies:
        assert torch.equal(other.predict(problem.batch), expected), "a copy predicts differently"


def stored_model_predicts_alike(problem: Problem) -> None:
    """A new learner filled with the stored state of the trained one predicts bit-equally, or the
    learner declines to be stored, with a reason."""
    stored = state_of(problem.trained)
    again = problem.built()
    fill(again, State(stored.tensors, json.loads(json.dumps(stored.tree))))
    expected, seen = (one.predict(problem.batch) for one in (problem.trained, again))
    assert torch.equal(expected, seen), "the stored learner predicts differently"


def global_generators_are_left_alone(problem: Problem) -> None:
    """Nothing reads or seeds the global generators of torch and NumPy after construction."""
    learner, split = problem.built(), problem.split
    data = TrainingData.of(problem.ratings, split.train_user, split.train, problem.device)
    with _untouched("train_epoch"):
        learner.train_epoch(data, 0, generator(problem.seeds.order, "epoch", 0))
    with _untouched("predict"):
        learner.predict(problem.batch)


def configuration_is_plain(problem: Problem) -> None:
    """Each option has a default; the configuration survives JSON, so that a record can hold it."""
    fields = problem.variant.learner.Config.model_fields.items()
    bare = [name for name, field in fields if field.is_required()]
    missing = [name for name in bare if name not in problem.variant.options]
    assert not missing, f"without a default: {', '.join(missing)}"
    config = problem.variant.configure({})
    text = json.dumps(config.model_dump(mode="json"))
    again = problem.variant.learner.Config.model_validate(json.loads(text))
    assert again == config, "the configuration does not survive JSON"


def contract_is_declared(problem: Problem) -> None:
    """The class declares the version of the learner contract it was written for: a known one."""
    learner = problem.variant.learner
    stated = next(kind for kind in learner.__mro__ if "contract" in vars(kind))
    foreign = not learner.__module__.startswith(("baselines.", "mamo."))
    assert not (foreign and stated is Learner), f"{learner.__name__} declares no contract"
    known = " and ".join(map(str, SUPPORTED))
    assert learner.contract in SUPPORTED, f"contract {learner.contract}, known are {known}"


def space_is_legal(problem: Problem) -> None:
    """Each dimension of the search space is an option, and the ends of its range are allowed."""
    config = problem.variant.configure({})
    for name, dimension in problem.variant.dimensions().items():
        assert name in type(config).model_fields, f"{name!r} is not an option"
        for value in dimension.ends:
            try:
                problem.variant.configure({name: value})
            except ValueError as error:
                raise AssertionError(f"{name} = {value!r} is refused: {error}") from None
    for name, base in type(config).tuned_by.items():
        assert name in type(config).model_fields, f"{name!r}, tuned by {base}, is not an option"


def ratings_matter(problem: Problem) -> None:
    """Mirrored ratings (the lowest for the highest and so on) change the predictions."""
    problem = problem.brief
    low, high, _ = problem.ratings.scale
    value = (low + high - np.asarray(problem.ratings.value)).astype(np.float32)
    mirrored = dataclasses.replace(problem.ratings, value=value, best=None, sha256="")

    def differ(seed: int) -> bool:
        run = problem.at(seed)
        mirrored_predictions = predict(run.fitted(mirrored), run.asked, mirrored)
        return not np.array_equal(mirrored_predictions.score, run.answers.score)

    assert holds(differ), "mirrored ratings change no prediction: nothing is learned from them"


def learning_beats_chance(problem: Problem) -> None:
    """The MAE is 12 % below that of a random draw from the ratings, at the first seed or, when runs
    scatter, at 2 of 20."""
    gains: list[float] = []

    def clear(seed: int) -> bool:
        gains.append(problem.at(seed).gain)
        return gains[-1] >= CLEAR

    assert holds(clear), (
        f"the MAE is {np.mean(gains):.1%} below that of a random draw on average of "
        f"{len(gains)} seeds, {max(gains):.1%} at best"
    )


CHECKS: dict[str, Callable[[Problem], None]] = {
    check.__name__: check
    for check in (
        contract_is_declared,
        configuration_is_plain,
        space_is_legal,
        answers_are_ratings,
        global_generators_are_left_alone,
        prediction_is_pure,
        same_answer_twice,
        order_does_not_matter,
        batch_mates_do_not_matter,
        other_queries_do_not_matter,
        padding_does_not_matter,
        targets_are_never_seen,
        earlier_work_does_not_matter,
        a_part_of_the_tasks_is_enough,
        errors_are_possible,
        short_supports_work,
        unknown_content_works,
        no_content_works_or_is_declined,
        another_scale_works,
        copies_predict_alike,
        stored_model_predicts_alike,
        ratings_matter,
        learning_beats_chance,
    )
}

QUICK = (
    configuration_is_plain,
    answers_are_ratings,
    global_generators_are_left_alone,
    prediction_is_pure,
    same_answer_twice,
    order_does_not_matter,
    batch_mates_do_not_matter,
    other_queries_do_not_matter,
    padding_does_not_matter,
    targets_are_never_seen,
    earlier_work_does_not_matter,
    a_part_of_the_tasks_is_enough,
    short_supports_work,
)

GATES = (
    configuration_is_plain,
    answers_are_ratings,
    global_generators_are_left_alone,
    prediction_is_pure,
    same_answer_twice,
)

NEEDS = {
    padding_does_not_matter: (batch_mates_do_not_matter, other_queries_do_not_matter),
    a_part_of_the_tasks_is_enough: (batch_mates_do_not_matter, other_queries_do_not_matter),
    another_scale_works: (padding_does_not_matter,),
    learning_beats_chance: (padding_does_not_matter, ratings_matter),
}


def _no_leak(problem: Problem, *replays: str) -> None:
    _ = problem.trained  # which may decline
    assert problem.audit.status != "not audited", problem.audit.reason
    found = [leak.text for leak in problem.audit.leaks if leak.replay in replays]
    assert not found, "; ".join(found)


def _refilled(batch: EpisodeBatch, extra: int) -> EpisodeBatch:
    """With `extra` more cells of padding, and in all padding items and values of real ratings."""
    rng = np.random.default_rng(0)
    items, values = (x[batch.support_mask] for x in (batch.support_item, batch.support_value))

    def cells(old: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor) -> torch.Tensor:
        shape = len(old), old.shape[1] + extra
        new = pool[torch.from_numpy(rng.integers(len(pool), size=shape))]
        new[:, : old.shape[1]][mask] = old[mask]
        return new

    return EpisodeBatch(
        batch.user,
        cells(batch.support_item, batch.support_mask, items),
        cells(batch.support_value, batch.support_mask, values),
        torch.nn.functional.pad(batch.support_mask, (0, extra)),
        cells(batch.query_item, batch.query_mask, items),
        torch.nn.functional.pad(batch.query_mask, (0, extra)),
    )


def _same(
    learner: Learner, given: EpisodeBatch, whole: EpisodeBatch, fault: str, rows: torch.Tensor
) -> None:
    difference = learner.predict(given) - learner.predict(whole)[rows]
    worst = difference[given.query_mask].abs().max()
    assert worst <= TOLERANCE, f"{fault}: predictions move by {worst:.2g}"


def _order_matters(problem: Problem) -> None:
    """A claim of `depends_on_order` is proved: users in reverse get other predictions."""

    def differ(seed: int) -> bool:
        at = problem.at(seed)
        given = predict(at.trained, _reversed(at.asked), at.ratings).score
        return not np.array_equal(given, at.answers.score)

    assert holds(differ), (
        "a SequentialLearner, but reversing the users changes no prediction: derive it from Learner"
    )


def _reversed(tasks: Tasks) -> Tasks:
    index = np.arange(len(tasks))[::-1]
    owner = tasks.scenario[np.argsort(tasks.query.rows, kind="stable")]
    query = tasks.query.select(index)
    rank = np.searchsorted(np.sort(tasks.query.rows), query.rows)
    return Tasks(tasks.user[index], tasks.support.select(index), query, owner[rank])


@contextlib.contextmanager
def _untouched(verb: str) -> Iterator[None]:
    with global_generators(SEEDS.init + 1):  # no state that an earlier seeding may have left
        before = torch.get_rng_state(), _numpy_state()
        yield
        assert torch.equal(before[0], torch.get_rng_state()), (
            f"{verb} uses torch's global generator"
        )
        assert before[1] == _numpy_state(), f"{verb} uses NumPy's global generator"


def _numpy_state() -> str:
    return str(np.random.get_state())  # noqa: NPY002


def _blanked(field: Field) -> Field:
    """The field with every second entry unknown."""
    values = np.array(field.values)
    values[::2] = np.nan if field.kind == "number" else 0
    return dataclasses.replace(field, values=values)


def _fits(problem: Problem, ratings: Ratings) -> Learner | None:
    """Fit and predict on other ratings; None when the learner declines with a reason."""
    try:
        learner = problem.fitted(ratings)
    except Declined as error:
        if not str(error).strip():
            raise AssertionError("declined without a reason") from error
        return None
    predict(learner, problem.asked, ratings)
    return learner
