"""Run the checks of a plugin and say in words what is wrong: expected, seen, likely cause, fix.

What `coldbench check` prints, and what a plugin's own test calls: `check_learner("my-learner")`.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coldbench import conformance, conformance_datasets, conformance_metrics, registry
from coldbench.advice import ADVICE
from coldbench.errors import UsageError, unknown
from coldbench.learner import Variant

__all__ = ["Verdict", "check", "check_dataset", "check_learner", "check_metric", "kind_of"]

Checks = Mapping[str, Callable[[Any], None]]


@dataclass(frozen=True)
class Verdict:
    """One check on one plugin. seen, cause and fix are empty when it passed."""

    check: str
    expected: str
    seen: str = ""
    cause: str = ""
    fix: str = ""

    @property
    def passed(self) -> bool:
        """Whether the plugin does what was expected."""
        return not self.seen

    def __str__(self) -> str:
        if self.passed:
            return f"ok    {self.expected}"
        told = (("seen", self.seen), ("cause", self.cause), ("fix", self.fix))
        lines = [f"      {name + ':':<7}{text}" for name, text in told]
        return "\n".join([f"FAIL  {self.expected}", *lines])


def kind_of(name: str) -> str:
    """The kind under which a name is registered; raises UsageError for none or several."""
    kinds = [kind for kind in registry.GROUPS if name in registry.names(kind)]
    if not kinds:
        known = [known for kind in registry.GROUPS for known in registry.names(kind)]
        raise unknown("plugin", name, known)
    if len(kinds) > 1:
        raise UsageError(f"{name!r} is a {' and a '.join(kinds)}: name the kind too")
    return kinds[0]


def check(kind: str, name: str) -> Iterator[Verdict]:
    """A verdict for each check, as they come; raises UsageError for a plugin that cannot load."""
    if kind not in registry.GROUPS:
        raise unknown("kind of plugin", kind, registry.GROUPS)
    problem, checks = _PROBLEMS[kind](name)
    for test in checks.values():
        yield _verdict(test, problem)


def check_learner(name: str) -> None:
    """The conformance suite on a registered learner; raises AssertionError with all failures."""
    _all("learner", name)


def check_dataset(name: str) -> None:
    """The checks of data sets; raises AssertionError with all failures."""
    _all("dataset", name)


def check_metric(name: str) -> None:
    """The checks of metrics; raises AssertionError with all failures."""
    _all("metric", name)


def _all(kind: str, name: str) -> None:
    failures = [str(verdict) for verdict in check(kind, name) if not verdict.passed]
    assert not failures, f"{kind} {name}\n" + "\n".join(failures)


def _learner(name: str) -> tuple[Any, Checks]:
    variant = Variant.of(registry.load("learner", name), name)
    return conformance.Problem(variant, conformance.small_ratings()), conformance.CHECKS


def _dataset(name: str) -> tuple[Any, Checks]:
    plugin = registry.load("dataset", name)
    return conformance_datasets.Problem(name, plugin), conformance_datasets.CHECKS


def _metric(name: str) -> tuple[Any, Checks]:
    return conformance_metrics.problem(name), conformance_metrics.CHECKS


_PROBLEMS: Mapping[str, Callable[[str], tuple[Any, Checks]]] = {
    "learner": _learner,
    "dataset": _dataset,
    "metric": _metric,
}


def _verdict(test: Callable[[Any], None], problem: Any) -> Verdict:
    expected = " ".join((test.__doc__ or test.__name__).split())
    cause, fix = ADVICE.get(test.__name__, ("", ""))
    try:
        test(problem)
    except AssertionError as error:
        return Verdict(test.__name__, expected, str(error) or "an assertion failed", cause, fix)
    except (Exception, SystemExit) as error:
        seen = f"{type(error).__name__}: {error}{_place(error)}"
        return Verdict(test.__name__, expected, seen, *_of_error(error, cause, fix))
    return Verdict(test.__name__, expected)


def _of_error(error: BaseException, cause: str, fix: str) -> tuple[str, str]:
    if isinstance(error, NotImplementedError | TypeError):
        return (
            "a method is missing, or takes other arguments than the contract names",
            "compare its signature with the abstract method in coldbench/learner.py "
            "(data sets: coldbench/datasets/dataset.py, metrics: coldbench/metrics/metric.py)",
        )
    return f"the plugin raised an error here; often {cause}", f"mend the line named above; {fix}"


def _place(error: BaseException) -> str:
    """The innermost line outside coldbench and the libraries it calls."""
    frames = traceback.extract_tb(error.__traceback__)
    places = (str(Path(__file__).parent), "site-packages", "<frozen")
    own = [f for f in frames if not any(place in f.filename for place in places)] or frames
    return f" ({own[-1].filename}, line {own[-1].lineno})"
