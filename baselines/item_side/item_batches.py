"""Training one vector per item on a frozen network: what the meta-learners of item ids share.

Axes: M items, n ratings of an item, D embedding size, H hidden.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch

from baselines.item_side.item_ids import id_weight, keep_all_ids
from baselines.losses import task_losses
from baselines.network import ContentNetwork
from baselines.neural_options import NeuralConfig
from coldbench import Declined, Domain, Ragged, TrainingData, to_device

__all__ = ["Raters", "fill", "halves", "item_content", "output", "rating_losses", "require_content"]


class Raters(NamedTuple):
    """Some ratings of M items: user int64, value float32, mask bool, all [M, n]."""

    user: torch.Tensor
    value: torch.Tensor
    mask: torch.Tensor

    @classmethod
    def of(cls, lists: Ragged, data: TrainingData) -> "Raters":
        user, mask = lists.padded(data.user)
        columns = user, lists.padded(data.value.astype(np.float32))[0], mask
        return cls(*(to_device(torch.from_numpy(column), data.device) for column in columns))


def require_content(domain: Domain, name: str) -> None:
    """Raises Declined when nothing is known of an item but its ratings."""
    if not domain.catalogue.item_fields:
        raise Declined(
            f"{name} makes a cold item's embedding from its content; this data set has none"
        )


def halves(
    data: TrainingData, rng: np.random.Generator, batch_size: int, most: int
) -> Iterator[tuple[torch.Tensor, Raters, Raters]]:
    """Every item with two ratings or more, once, in random order, and two disjoint sets of at
    most `most` of its ratings each."""
    lists, items = Ragged.grouped(np.arange(len(data.item)), data.item)
    usable = rng.permutation(np.flatnonzero(lists.lengths >= 2))
    for start in range(0, len(usable), batch_size):
        chosen = usable[start : start + batch_size]
        some = lists.select(chosen).shuffled(rng)
        first, rest = some.split(np.minimum(some.lengths // 2, most))
        item = to_device(torch.from_numpy(items[chosen].astype(np.int64)), data.device)
        yield item, Raters.of(first, data), Raters.of(rest.split(most)[0], data)


def item_content(network: ContentNetwork, item: torch.Tensor) -> torch.Tensor:
    """The embeddings of all fields but the id, which comes last: [M] -> [M, (F - 1) D]."""
    embedded: torch.Tensor = network.item(item)
    return embedded[:, : -id_weight(network).shape[1]]


def output(
    network: ContentNetwork, user: torch.Tensor, content: torch.Tensor, vector: torch.Tensor
) -> torch.Tensor:
    """The network's output when item m has `vector` [M, D] for its id: user [M, n] -> [M, n]."""
    item = torch.cat([content, vector], 1)
    of_user, of_item = network.decision.first(network.user(user.reshape(-1)), item)
    return network.decision.rest(of_user.reshape(*user.shape, -1) + of_item[:, None])


def rating_losses(
    network: ContentNetwork,
    content: torch.Tensor,
    vector: torch.Tensor,
    raters: Raters,
    c: NeuralConfig,
) -> torch.Tensor:
    """The mean loss of each item's ratings when item m has `vector` [M, D] for its id, [M]."""
    error = output(network, raters.user, content, vector) - network.normal(raters.value)
    return task_losses(c.loss, error, c.delta, raters.mask)


def fill(
    network: ContentNetwork,
    items: torch.Tensor,
    n_items: int,
    make: Callable[[torch.Tensor], torch.Tensor],
) -> None:
    """Gives each of `items` (int64 [M]) the embedding that `make` returns for it, [M] -> [M, D]."""
    keep_all_ids(network, n_items)
    with torch.no_grad():
        for some in torch.split(items, 4096) if len(items) else ():
            id_weight(network)[some + 1] = make(some)
