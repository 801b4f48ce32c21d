"""What all parts measure on: which learners, on which device."""

from collections.abc import Mapping
from typing import Any

import torch

from coldbench import registry
from coldbench.data import Ratings
from coldbench.learning import Domain, Learner, load_variant
from coldbench.rng import generator

__all__ = ["learner_on", "neural", "wait"]

ON_THE_CPU = ("baselines.closed_form", "baselines.factorisation.bmf", "baselines.trees")
SLOW = ("fomaml", "reptile", "meta-sgd", "tanp", "icl", "mamo-paper", "mamo", "mwuf", "cmml")


def neural() -> list[str]:
    """Every registered learner that trains a network: those that take longest first, and last the
    one that takes its users one after the other, for which a GPU does nothing."""
    plugins = registry.plugins("learner")
    names = [name for name in plugins if not plugins[name].target.startswith(ON_THE_CPU)]
    known = [*SLOW, *sorted(set(names) - {*SLOW, "mamo-released"}), "mamo-released"]
    return [name for name in known if name in names]


def learner_on(
    device: str, name: str, options: Mapping[str, Any], ratings: Ratings, seed: int = 0
) -> Any:
    """A new learner on a device."""
    variant = load_variant(name)
    domain = Domain(ratings.catalogue, ratings.scale, device)
    made: Learner = variant.learner(variant.configure(options), domain, generator(seed, "init"))
    return made


def wait(device: str) -> None:
    """Until a GPU has done all it was given."""
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)
