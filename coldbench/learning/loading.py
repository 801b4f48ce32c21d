"""A registered name -> the learner behind it, after a look at the contract it was written for."""

from coldbench import registry
from coldbench.errors import UsageError, shorten
from coldbench.learning.learner import CONTRACT, Learner, Variant
from coldbench.learning.sequential import SequentialLearner

__all__ = ["SUPPORTED", "load_variant"]

SUPPORTED = (1, CONTRACT)  # 2 differs from 1 in MOVED alone
MOVED = ("predict_pass", "depends_on_order")  # from Learner to SequentialLearner


def load_variant(name: str) -> Variant:
    """The registered learner; raises UsageError for one that is unknown, broken, or written for a
    contract that is not supported."""
    variant = Variant.of(registry.load("learner", name), name)
    _check_contract(variant.learner, name)
    return variant


def _check_contract(learner: type[Learner], name: str) -> None:
    if learner.contract not in SUPPORTED:
        newer = isinstance(learner.contract, int) and learner.contract > CONTRACT
        fix = "update coldbench" if newer else "update the learner, as the changelog tells"
        raise UsageError(
            f"learner {name!r} was written for contract {shorten(learner.contract)}, "
            f"this coldbench has contract {CONTRACT}: {fix}"
        )
    moved = [method for method in MOVED if hasattr(learner, method)]
    if moved and not issubclass(learner, SequentialLearner):
        raise UsageError(
            f"learner {name!r} defines {' and '.join(moved)}, which only a SequentialLearner has "
            "since contract 2: derive it from coldbench.SequentialLearner if test users change "
            "what later ones get, else let `predict` alone answer"
        )
