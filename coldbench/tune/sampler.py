"""The next configuration, by optuna's TPE from the trials so far; the first is the defaults.

With fewer than `startup` trials TPE models nothing and proposes at random.

Each trial has its own sampler, seeded by learner and number: a proposal depends on the earlier
trials alone, so a tuning that was killed and resumed equals one that ran through.
Bergstra, Bardenet, Bengio, Kegl: Algorithms for hyper-parameter optimization, NeurIPS 2011.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from coldbench.errors import UsageError
from coldbench.learning import Choice, Dimension, Real
from coldbench.rng import generator
from coldbench.tune.history import Trial

__all__ = ["optuna", "propose"]


def optuna() -> Any:
    """The library; raises UsageError that says how to install it."""
    try:
        import optuna as library
    except ImportError:
        raise UsageError(
            "tuning needs optuna, which is not installed: pip install 'coldbench[tune]'"
        ) from None
    library.logging.set_verbosity(library.logging.ERROR)
    return library


def propose(
    learner: str,
    space: Mapping[str, Dimension],
    defaults: Mapping[str, Any],
    trials: Sequence[Trial],
    worst: float,
    startup: int = 10,
) -> dict[str, Any]:
    """Options of the next trial. worst: the MAE assigned to a diverged or failed trial."""
    if not trials:
        return {}
    library = optuna()
    seed = int(generator(0, "tune", learner, len(trials)).integers(2**31))
    study = library.create_study(
        sampler=library.samplers.TPESampler(n_startup_trials=startup, seed=seed)
    )
    distributions = {name: _distribution(library, space[name]) for name in sorted(space)}
    for trial in trials:
        known = _known(library, distributions, space, defaults, trial, worst)
        if known is not None:
            study.add_trial(known)
    asked = study.ask(distributions)
    return {name: _value(space[name], asked.params[name]) for name in distributions}


def _distribution(library: Any, dimension: Dimension) -> Any:
    """A choice is sampled by index, so that its values may be of any type."""
    if isinstance(dimension, Choice):
        return library.distributions.CategoricalDistribution(range(len(dimension.values)))
    kind = "FloatDistribution" if isinstance(dimension, Real) else "IntDistribution"
    return getattr(library.distributions, kind)(dimension.low, dimension.high, log=dimension.log)


def _known(
    library: Any,
    distributions: Mapping[str, Any],
    space: Mapping[str, Dimension],
    defaults: Mapping[str, Any],
    trial: Trial,
    worst: float,
) -> Any:
    """The trial in optuna's form; None when it lies outside the space, as defaults may."""
    values = {name: trial.options.get(name, defaults[name]) for name in distributions}
    if not all(space[name].holds(value) for name, value in values.items()):
        return None
    inner = {name: _inner(space[name], value) for name, value in values.items()}
    common = {"params": inner, "distributions": dict(distributions)}
    states = library.trial.TrialState
    if trial.status == "pruned":
        seen = {0: trial.maes[0]}
        return library.trial.create_trial(state=states.PRUNED, intermediate_values=seen, **common)
    return library.trial.create_trial(value=worst if trial.mae is None else trial.mae, **common)


def _inner(dimension: Dimension, value: Any) -> Any:
    return dimension.index(value) if isinstance(dimension, Choice) else value


def _value(dimension: Dimension, inner: Any) -> Any:
    return dimension.values[inner] if isinstance(dimension, Choice) else inner
