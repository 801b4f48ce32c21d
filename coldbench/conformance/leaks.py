"""Checks that a learner saw nothing that it must not: replays of `coldbench audit`."""

from coldbench.conformance.problem import Problem

__all__ = [
    "a_part_of_the_tasks_is_enough",
    "earlier_work_does_not_matter",
    "errors_are_possible",
    "targets_are_never_seen",
]


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


def _no_leak(problem: Problem, *replays: str) -> None:
    _ = problem.trained  # which may decline
    assert problem.audit.status != "not audited", problem.audit.reason
    found = [leak.text for leak in problem.audit.leaks if leak.replay in replays]
    assert not found, "; ".join(found)
