"""Learners of other packages are checked for some seconds before their first run in a study.

In a process of its own, which may die or hang without harm. That a learner passed is remembered in
the cache by the fingerprint of its code, so that only an edit brings the check back.
"""

import hashlib
import io
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from pebble import ProcessExpired

from coldbench import registry
from coldbench.conformance import quick_check
from coldbench.data import cache_home
from coldbench.errors import ColdbenchError, UsageError, shorten
from coldbench.rng import Seeds
from coldbench.running import PebbleExecutor, code_of, confined

__all__ = ["check_plugins", "quick_failures"]

LONGEST = 180.0  # seconds
DECLINED = "Declined: "
Failures = list[tuple[str, str]]


def check_plugins(learners: Iterable[str]) -> tuple[str, ...]:
    """Check registered learners; returns sentences about those that could not be checked.

    Ours are not checked, nor those whose code has passed before. Raises UsageError for the first
    that fails.
    """
    told = (_checked(name) for name in dict.fromkeys(learners) if _is_due(name))
    return tuple(sentence for sentence in told if sentence)


def quick_failures(name: str) -> Failures:
    """(check, what was seen) of each check that a learner fails; what it prints is lost."""
    try:
        with confined(Seeds.joint(0), io.StringIO()):
            return [(verdict.check, verdict.seen) for verdict in quick_check(name) if verdict.seen]
    except ColdbenchError as error:  # it cannot be loaded
        return [("the learner can be loaded", str(error))]


def _is_due(name: str) -> bool:
    plugin = registry.plugins("learner").get(name)
    foreign = plugin is not None and plugin.package != "coldbench"
    return foreign and not (code_of(name) and _file(name).exists())


def _checked(name: str) -> str:
    """Why there was no verdict, or empty for a learner that passed."""
    try:
        failures = _apart(name)
    except TimeoutError:
        return f"{name} was not checked: the quick check takes longer than {LONGEST:g} s"
    declined = [seen for _, seen in failures if seen.startswith(DECLINED)]
    if declined:
        reason = shorten(declined[0].removeprefix(DECLINED), 200)
        return (
            f"{name} was not checked: it declines the small synthetic data of the check: {reason}"
        )
    if failures:
        raise UsageError(_refusal(name, failures))
    _remember(name)
    return ""


def _apart(name: str) -> Failures:
    pool = PebbleExecutor(1, LONGEST)
    try:
        answer: Future[Failures] = pool.submit(quick_failures, name)
        return answer.result()
    except ProcessExpired as error:
        return [("its process", f"ended with exit code {error.exitcode}")]
    finally:
        pool.shutdown(wait=False)


def _refusal(name: str, failures: Failures) -> str:
    plugin = registry.plugins("learner")[name]
    told = "; ".join(f"{check} ({' '.join(seen.split())[:300]})" for check, seen in failures)
    count = "a check" if len(failures) == 1 else f"{len(failures)} checks"
    return (
        f"the learner {name!r} of {plugin.package} {plugin.version} fails {count} that every "
        f"learner must pass: {told}. `coldbench check {name}` explains; --no-check runs it "
        "all the same"
    )


def _remember(name: str) -> None:
    """Nothing where its code cannot be found, or nothing can be written."""
    file = _file(name)
    if not code_of(name):
        return
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def _file(name: str) -> Path:
    """Its name is all that there is to know: which learner, which code, which coldbench."""
    text = f"{name}\0{code_of(name)}\0{version('coldbench')}"
    return cache_home() / "checked" / hashlib.sha256(text.encode()).hexdigest()[:32]
