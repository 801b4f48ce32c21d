"""Noise of one unit in the last place: what another processor does to a run, on this one.

    rating -> the float32 above or below it;   starting weight -> the same

Processors add up in different orders, so their results differ by about 2^-24 of a number. How far
such a difference grows in training is a property of the learner, and the stream `rounding` draws
it: the ratings that train, in all epochs, and the weights before the first one. Ratings that are
predicted, and those that a task is given as support in the test or in validation, stay as they are.

- A step to the neighbouring float32 moves a number by 2^-24 to 2^-23 of it. Multiplying by
  1 + 2^-24 would not do: in 1, 2 and 4 that is half a unit, and rounds back.
- Ratings stay on the scale, since a learner may rely on it: the lowest goes up or stays, the
  highest goes down or stays. On MovieLens-1M 86 % of the ratings move. A zero stays.
- Ratings alone would not reach learners that only look at their rank: an absolute loss passes on
  the sign of an error, classes pass on the nearest level. Every learner that starts from weights
  is reached through these, as by arithmetic on another processor.
"""

import numpy as np
import torch

from coldbench.data import Array, Ratings
from coldbench.rng import generator, torch_generator

__all__ = ["disturb_weights", "noisy_ratings"]


def noisy_ratings(ratings: Ratings, seed: int) -> Array:
    """All ratings, float32 [N], each beside its neighbour on the scale; as they are at seed 0.

    A rating's noise depends on its row and the seed alone: the same in every split.
    """
    value = np.asarray(ratings.value)
    if seed == 0:
        return value
    up = generator(seed, "rounding", "ratings").random(len(value)) < 0.5
    moved = np.nextafter(value, np.where(up, np.inf, -np.inf).astype(value.dtype))
    return np.where(value == 0, value, np.clip(moved, ratings.scale.low, ratings.scale.high))


def disturb_weights(learner: object, seed: int) -> None:
    """Each parameter of a learner's torch modules, at its initial value, becomes a neighbouring
    float; nothing happens at seed 0."""
    if seed == 0:
        return
    rng = torch_generator(generator(seed, "rounding", "weights"))
    modules = [value for value in vars(learner).values() if isinstance(value, torch.nn.Module)]
    with torch.no_grad():
        for weight in torch.nn.ModuleList(modules).parameters():
            up = torch.rand(weight.shape, generator=rng) < 0.5
            end = torch.where(up, torch.inf, -torch.inf).to(weight)
            weight.copy_(torch.where(weight == 0, weight, torch.nextafter(weight, end)))
