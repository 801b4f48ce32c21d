"""What tuning found of one learner: its trials, the best of them, and what all of them cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coldbench.learning import LearnerConfig
from coldbench.study import Budget, Rung
from coldbench.tune.history import Trial

__all__ = ["Tuning"]


@dataclass(frozen=True)
class Tuning:
    """The trials of one learner, the defaults first.

    rungs: of successive halving, none where every trial was run whole; at_bounds: chosen options
    at an end of their space (`coldbench.tune.bounds`); overlap: as `study.Budget`; chosen: the
    configuration of the best trial; bases, taken: the learners whose options it has, and which of
    these changed its defaults (`coldbench.tune.taking`); declined: why it has no trials at all;
    unused: options that neither the defaults nor the choice read, as those of ids that are off.
    """

    learner: str
    trials: tuple[Trial, ...]
    seeds: tuple[int, ...]
    chosen: LearnerConfig
    rungs: tuple[Rung, ...] = ()
    at_bounds: Mapping[str, str] = field(default_factory=dict)
    overlap: Mapping[str, float] = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    taken: Mapping[str, Any] = field(default_factory=dict)
    declined: str = ""
    unused: frozenset[str] = frozenset()

    @property
    def compared(self) -> list[Trial]:
        """Those that the choice is between: the last rung's, or all."""
        last = len(self.rungs) - 1
        return [trial for trial in self.trials if not self.rungs or trial.rung == last]

    @property
    def best(self) -> Trial | None:
        """The trial of lowest mean validation MAE; the first of equals."""
        done = [trial for trial in self.compared if trial.mae is not None]
        return min(done, key=lambda trial: (trial.mae, trial.number), default=None)

    @property
    def defaults(self) -> Trial | None:
        """The defaults, measured as the best was."""
        return next((trial for trial in self.compared if not trial.options), None)

    @property
    def budget(self) -> Budget:
        """Cost of the trials, and the best configuration."""
        best, defaults = self.best, self.defaults
        first = [trial for trial in self.trials if not trial.rung]
        failed = {
            trial.configuration if self.rungs else trial.number
            for trial in self.trials
            if trial.status in ("failed", "diverged", "declined")
        }
        whole = [trial for trial in self.compared if trial.most > 1]
        return Budget(
            trials=len(first),
            pruned=self._pruned(len(first), len(failed)),
            failed=len(failed),
            seconds=sum(trial.seconds for trial in self.trials),
            seeds=self.seeds,
            default_mae=defaults.mae if defaults else None,
            best_mae=best.mae if best else None,
            options={**self.taken, **(self._used(best.options) if best else {})},
            bases=self.bases,
            overlap=dict(self.overlap),
            rungs=self.rungs,
            runs=sum(len(trial.trained) for trial in self.trials),
            epochs=sum(sum(trial.trained) for trial in self.trials),
            searched=sum(len(trial.epochs) for trial in whole),
            capped=sum(trial.epochs.count(trial.most) for trial in whole),
            at_bounds=dict(self.at_bounds),
        )

    def _used(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in options.items() if name not in self.unused}

    def _pruned(self, tried: int, failed: int) -> int:
        """Of all that were tried, those that were not compared, and did not fail either."""
        if not self.rungs:
            return sum(trial.status == "pruned" for trial in self.trials)
        kept = sum(trial.mae is not None for trial in self.compared)
        return tried - kept - failed
