"""The next trial of one learner, measured: of whole runs, or of successive halving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from coldbench.learning import Dimension, LearnerConfig, load_variant
from coldbench.running import Job
from coldbench.study import Rung
from coldbench.tune.bounds import at_bounds
from coldbench.tune.draw import DRAWN, drawn
from coldbench.tune.halving import upcoming
from coldbench.tune.history import Trial
from coldbench.tune.objective import Measured, measure
from coldbench.tune.result import Tuning
from coldbench.tune.sampler import propose

__all__ = ["MARGIN", "Search"]

MARGIN = 0.03  # share by which a trial may exceed the best MAE at the first seed and go on


@dataclass(frozen=True)
class Search:
    """What all trials of a learner share. trials: how many of whole runs, where there are no rungs;
    stamp: the fields of each trial that say where it comes from."""

    jobs: Sequence[Job]
    config: LearnerConfig
    space: Mapping[str, Dimension]
    worst: float
    trials: int = 0
    rungs: tuple[Rung, ...] = ()
    stamp: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, jobs: Sequence[Job], worst: float, trials: int, rungs: tuple[Rung, ...]
    ) -> "Search":
        """A learner with nothing to tune has its defaults measured, and no more."""
        variant, job = load_variant(jobs[0].base), jobs[0]
        config, space = variant.learner.Config.model_validate(job.config), variant.dimensions()
        if not space:
            trials = 1
            rungs = tuple(rung.model_copy(update={"configurations": 1}) for rung in rungs[-1:])
        return cls(jobs, config, space, worst, trials, rungs)

    def following(self, done: Sequence[Trial]) -> Trial | None:
        """The trial after those that are done, None after the last."""
        if not self.rungs:
            return self._whole(done) if len(done) < self.trials else None
        step = upcoming(self.rungs, done, self._proposed)
        if step is None:
            return None
        rung = self.rungs[step.rung]
        measured = measure(self.jobs[: rung.seeds], step.options, share=rung.share)
        place = {"rung": step.rung, "configuration": step.configuration}
        return self._trial(len(done), step.options, measured, place)

    def tuning(self, done: Sequence[Trial]) -> Tuning:
        """What was found."""
        seeds = tuple(job.seeds.split for job in self.jobs)
        found = Tuning(self.jobs[0].learner, tuple(done), seeds, self.config, self.rungs)
        best = found.best
        values = {**self.config.model_dump(), **(best.options if best else {})}
        chosen = type(self.config).model_validate(values)
        ends = at_bounds(chosen, self.space) if best else {}
        read = chosen.model_dump().keys() | self.config.model_dump().keys()
        unused = frozenset(values.keys() - read)
        return replace(found, chosen=chosen, at_bounds=ends, unused=unused)

    def _proposed(self, trials: Sequence[Trial], startup: int = 1) -> dict[str, Any]:
        learner = self.jobs[0].learner
        if self.rungs and len(trials) < DRAWN:
            return drawn(learner, self.space)[len(trials)]
        defaults = {name: getattr(self.config, name) for name in self.space}
        return propose(learner, self.space, defaults, trials, self.worst, startup)

    def _whole(self, done: Sequence[Trial]) -> Trial:
        options = self._proposed(done, startup=10)
        finished = [trial for trial in done if trial.mae is not None]
        best = min(finished, key=lambda trial: trial.mae or np.inf, default=None)
        limit = np.inf if best is None else best.maes[0] * (1 + MARGIN)
        measured = measure(self.jobs, options, lambda mae: mae > limit)
        return self._trial(len(done), options, measured, {})

    def _trial(
        self, number: int, options: dict[str, Any], measured: Measured, place: Mapping[str, int]
    ) -> Trial:
        return Trial(
            learner=self.jobs[0].learner,
            number=number,
            options=options,
            status=measured.status,
            reason=measured.reason,
            maes=tuple(measured.maes),
            epochs=tuple(measured.epochs),
            trained=tuple(measured.trained),
            most=measured.most,
            seconds=round(measured.seconds, 3),
            **self.stamp,
            **place,
        )
