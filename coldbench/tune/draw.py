"""The first configurations: spread over the whole space, before there is anything to learn from.

A Latin hypercube: with n points, each range is cut into n parts, and every part is met once
(McKay, Beckman, Conover 1979). Sobol points, of which optuna's QMCSampler is made, are spread as
evenly only in powers of two, and that sampler leaves choices to chance.
"""

from collections.abc import Mapping
from typing import Any

from scipy.stats import qmc

from coldbench.learning import Dimension
from coldbench.rng import generator
from coldbench.tune.scale import value_at

__all__ = ["DRAWN", "drawn"]

DRAWN = 10  # configurations before a model proposes, the defaults first


def drawn(learner: str, space: Mapping[str, Dimension]) -> list[dict[str, Any]]:
    """The first `DRAWN` configurations: the defaults, then the points of the hypercube."""
    names = sorted(space)
    cube = qmc.LatinHypercube(len(names), rng=generator(0, "tune", learner, "hypercube"))
    points = cube.random(DRAWN - 1)
    return [{}] + [
        {name: value_at(space[name], float(u)) for name, u in zip(names, point, strict=True)}
        for point in points
    ]
