"""Which chosen options lie at a bound of their space: beyond it might be a better value."""

from collections.abc import Mapping
from typing import Literal

from coldbench.learning import Dimension, LearnerConfig
from coldbench.tune.scale import place_of

__all__ = ["NEAR", "at_bounds"]

NEAR = 0.02  # of the range, on its own scale


def at_bounds(
    config: LearnerConfig, space: Mapping[str, Dimension]
) -> dict[str, Literal["lowest", "highest"]]:
    """By option: at which end of its range it is, or beyond it, as a default may be.

    An end that the option itself has (a dropout of 0) is no bound: there is nothing beyond.
    """
    found: dict[str, Literal["lowest", "highest"]] = {}
    for name, dimension in sorted(space.items()):
        place = place_of(dimension, getattr(config, name))
        if place is None:
            continue
        limits = _limits(config, name)
        if place <= NEAR and min(dimension.ends) not in limits:
            found[name] = "lowest"
        elif place >= 1 - NEAR and max(dimension.ends) not in limits:
            found[name] = "highest"
    return found


def _limits(config: LearnerConfig, name: str) -> set[float]:
    """The ends that the option's Field has, itself allowed."""
    constraints = type(config).model_fields[name].metadata
    ends = (getattr(c, kind, None) for c in constraints for kind in ("ge", "le"))
    return {end for end in ends if end is not None}
