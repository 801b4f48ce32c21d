"""An epoch of joint training: all ratings in batches, whoever gave them."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import torch

from baselines.losses import pointwise
from baselines.network import ContentNetwork
from baselines.neural_options import NeuralConfig
from baselines.outer_optimiser import Optimiser
from coldbench import (
    ContentEmbedding,
    IdentityEmbedding,
    TrainingData,
    to_device,
    torch_generator,
)

__all__ = ["joint_epoch"]

N = TypeVar("N", bound=ContentNetwork)


def joint_epoch(
    network: N,
    optimiser: Optimiser[N],
    data: TrainingData,
    rng: np.random.Generator,
    c: NeuralConfig,
    batch_size: int,
    user_id_dropout: float = 0.0,
) -> Mapping[str, float]:
    """One pass over the ratings in random order; returns the mean loss, 0 of no rating."""
    n, generator = len(data.value), torch_generator(rng)
    if not n:
        return {"loss": 0.0}
    arrays = data.user, data.item, data.value.astype(np.float32)
    columns = [to_device(torch.tensor(array), data.device) for array in arrays]
    total = torch.zeros((), device=data.device)
    order = to_device(torch.from_numpy(rng.permutation(n)), data.device)
    for chosen in torch.split(order, batch_size):
        user, item, value = (column[chosen] for column in columns)
        if network.identified():
            user = _hiding(network.user, user, user_id_dropout, generator)
            item = _hiding(network.item, item, c.item_id_dropout, generator)
            value = value - network.offsets(user, item[:, None])[:, 0]
        error = network(user, item, generator) - network.normal(value)
        loss = pointwise(c.loss, error, c.delta).mean()
        optimiser.step(loss)
        total += loss.detach() * len(chosen)
    return {"loss": float(total) / n}


def _hiding(
    side: ContentEmbedding, index: torch.Tensor, share: float, generator: torch.Generator
) -> torch.Tensor:
    """The users or items int64 [n], each without its id with probability `share`."""
    if not isinstance(side, IdentityEmbedding):
        return index
    hidden = torch.rand(len(index), generator=generator) < share
    return side.hide(index, to_device(hidden, index.device))
