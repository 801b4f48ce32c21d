"""Run the checks of a plugin and say in words what is wrong: expected, seen, likely cause, fix.

What `coldbench check` prints, and what a plugin's own test calls: `check_learner("my-learner")`.
"""

import sysconfig
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coldbench import registry
from coldbench.conformance import datasets as conformance_datasets
from coldbench.conformance import learners as conformance
from coldbench.conformance import metrics as conformance_metrics
from coldbench.conformance.advice import ADVICE, ERRORS
from coldbench.conformance.problem import Problem, fewer_ratings, small_ratings
from coldbench.errors import ColdbenchError, Declined, UsageError, unknown
from coldbench.learning import load_variant

__all__ = [
    "Verdict", "check", "check_dataset", "check_learner", "check_metric", "kind_of", "quick_check",
]  # fmt: skip


MAY_DECLINE = ("stored_model_predicts_alike",)  # a reason is enough
FIRST = "answers_are_ratings"  # the first check that trains and predicts: any error may occur


@dataclass(frozen=True)
class Verdict:
    """One check on one plugin. seen, cause and fix are empty when it passed; ran: False for a
    check that depends on one that failed; note: why it was passed without what was expected."""

    check: str
    expected: str
    seen: str = ""
    cause: str = ""
    fix: str = ""
    ran: bool = True
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the plugin does what was expected."""
        return self.ran and not self.seen

    def __str__(self) -> str:
        if self.note:
            return f"note  {self.expected}\n      {'seen:':<7}{self.note}"
        if not self.seen:
            return f"{'ok' if self.ran else '-':<6}{self.expected}"
        parts = (("seen", self.seen), ("cause", self.cause), ("fix", self.fix))
        lines = [f"      {name + ':':<7}{text}" for name, text in parts]
        return "\n".join([f"FAIL  {self.expected}", *lines])


def kind_of(name: str) -> str:
    """The kind under which a name is registered; raises UsageError for none or several."""
    kinds = [kind for kind in registry.GROUPS if name in registry.names(kind)]
    if not kinds:
        known = [known for kind in registry.GROUPS for known in registry.names(kind)]
        error = unknown("plugin", name, known)
        raise UsageError(f"{error}; a package of your own is registered by `pip install -e FOLDER`")
    if len(kinds) > 1:
        raise UsageError(f"{name!r} is a {' and a '.join(kinds)}: name the kind too")
    return kinds[0]


def check(kind: str, name: str) -> Iterator[Verdict]:
    """A verdict for each check, as they come; raises UsageError for a plugin that cannot load.

    After a failed gate the rest is not run, nor is a check that depends on one that did not pass:
    it would fail for the same reason and blame another.
    """
    if kind not in registry.GROUPS:
        raise unknown("kind of plugin", kind, registry.GROUPS)
    suite = _SUITES[kind]
    yield from _verdicts(suite, _PROBLEMS[kind](name), suite.CHECKS.values())


def quick_check(name: str) -> Iterator[Verdict]:
    """As `check` of a learner, in seconds: those checks whose failure makes a study's numbers
    meaningless or its runs fail, on fewer data and with one epoch."""
    ratings = fewer_ratings()
    problem = Problem(load_variant(name), ratings, most_epochs=1)
    yield from _verdicts(conformance, problem, conformance.QUICK)


def _verdicts(
    suite: Any, problem: Any, tests: Iterable[Callable[[Any], None]]
) -> Iterator[Verdict]:
    gate_failed = False
    needs: Mapping[Any, tuple[Any, ...]] = getattr(suite, "NEEDS", {})
    passed: set[Any] = set()
    for test in tests:
        verdict = Verdict(test.__name__, _expected(test), ran=False)
        if not gate_failed and passed.issuperset(needs.get(test, ())):
            verdict = _verdict(test, problem)
            gate_failed = test in suite.GATES and not verdict.passed
            passed |= {test} if verdict.passed else set()
        yield verdict


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
    failures = [str(verdict) for verdict in check(kind, name) if verdict.seen]
    assert not failures, f"{kind} {name}\n" + "\n".join(failures)


def _learner(name: str) -> Any:
    return Problem(load_variant(name), small_ratings())


def _dataset(name: str) -> Any:
    return conformance_datasets.Problem(name, registry.load("dataset", name))


_PROBLEMS: Mapping[str, Callable[[str], Any]] = {
    "learner": _learner,
    "dataset": _dataset,
    "metric": conformance_metrics.problem,
}
_SUITES: Mapping[str, Any] = {
    "learner": conformance,
    "dataset": conformance_datasets,
    "metric": conformance_metrics,
}


def _expected(test: Callable[[Any], None]) -> str:
    return " ".join((test.__doc__ or test.__name__).split())


def _verdict(test: Callable[[Any], None], problem: Any) -> Verdict:
    name, expected = test.__name__, _expected(test)
    cause, fix = ADVICE.get(name, ("", ""))
    try:
        test(problem)
    except AssertionError as error:
        return Verdict(name, expected, _seen(error) or "an assertion failed", cause, fix)
    except ColdbenchError as error:  # ours: it names the thing and the fix
        if name in MAY_DECLINE and isinstance(error, Declined):
            return Verdict(name, expected, note=" ".join(str(error).split()))
        if name == FIRST:
            cause, fix = ERRORS.get(type(error).__name__, (cause, fix))
        return Verdict(name, expected, f"{type(error).__name__}: {error}", cause, fix)
    except (Exception, SystemExit) as error:
        seen = f"{type(error).__name__}: {_seen(error)}"
        return Verdict(name, expected, seen, *_of_error(error, cause, fix))
    return Verdict(name, expected)


def _seen(error: BaseException) -> str:
    """The message on one line, and where in the plugin it was raised."""
    place = _place(error)
    return " ".join(str(error).split())[:300] + (f" ({place})" if place else "")


def _of_error(error: BaseException, cause: str, fix: str) -> tuple[str, str]:
    if isinstance(error, NotImplementedError | TypeError) and not _place(error):
        return (
            "a method is missing, or its arguments differ from the contract's",
            "write it as in docs/adding-a-learner.md (adding-a-dataset.md, adding-a-metric.md), or "
            "in the package that `coldbench new` makes",
        )
    if fix == ADVICE[FIRST][1]:
        return "the plugin raised this error", "fix the line named above"
    return f"the plugin raised this error; often {cause}", fix


def _place(error: BaseException) -> str:
    """The innermost line outside coldbench, Python and installed libraries; empty for none."""
    frames = traceback.extract_tb(error.__traceback__)
    ours, python = str(Path(__file__).parent), sysconfig.get_path("stdlib")
    others = (ours, python, "site-packages", "<frozen", "<string")
    own = [f for f in frames if not any(place in f.filename for place in others)]
    return f"{own[-1].filename}, line {own[-1].lineno}, in {own[-1].name}" if own else ""
