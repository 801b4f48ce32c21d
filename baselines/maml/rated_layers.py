"""Decision layers of B tasks under steps with a rate for every parameter, of first order.

With G the sum of the gradients that a task's steps have met, its layer is W - alpha * G, and the
outer gradient by W and alpha holds G constant. Of the first layer, whose inputs X [S, D] stand
still, G = X' Delta with Delta [S, H] the sum of the gradients by its values, and so

    inputs Z: Z (W - alpha * G) = Z W - Z (alpha * (X' Delta))

G is formed for a few tasks at a time, in one buffer that stays in the cache. The user's part
of X is one row u, the same in every cell: Z (alpha * G) is (u * u) alpha, times the sum of Delta.
Axes: B tasks, S support, Q query, D embeddings of an item, H hidden.
"""

import torch

from baselines.decision_layers import rows
from baselines.decision_layers_first_order import (
    Affine,
    backward_pass,
    forward_pass,
    start,
    take_step,
)
from baselines.inner_loop import InnerLoss
from baselines.network import ContentNetwork
from coldbench import EpisodeBatch

__all__ = ["RatedLayers"]

BUFFER = 2**17  # numbers in the buffer of G, half a megabyte


class RatedLayers:
    """rates: those of the decision layers, named as the parameters are."""

    def __init__(
        self,
        network: ContentNetwork,
        rates: dict[str, torch.Tensor],
        batch: EpisodeBatch,
        generator: torch.Generator | None = None,
    ) -> None:
        distinct, position = batch.distinct
        self.e_user = network.user(batch.user, generator)
        self.e_item = network.item(distinct, generator)
        self.of_user, self.of_item = network.decision.first(self.e_user, self.e_item)
        n, width = batch.support_item.shape[1], self.e_user.shape[1]
        self.known, self.asked = position[:, :n], position[:, n:]
        self.user_rate, self.item_rate = rates["weight0"][:width], rates["weight0"][width:]
        self.bias_rate = rates["bias0"]
        _, self.shared = start(network.decision)
        deep = [(rates[f"weight{n}"], rates[f"bias{n}"]) for n in range(1, network.decision.depth)]
        *hidden, (last, last_bias) = deep
        self.rates: list[Affine] = [*hidden, (last.T, last_bias)]
        self.total: torch.Tensor | None = None
        self.sums: list[Affine] = []
        self._start()

    @torch.no_grad()
    def _start(self) -> None:
        self.x = rows(self.e_item, self.known)
        self.start = self.of_user[:, None] + rows(self.of_item, self.known)
        self.of_total = self._of_total(self.e_user)

    def _of_total(self, shown: torch.Tensor) -> torch.Tensor:
        """What user and bias take off the values for each unit of the sum of Delta: [B, H]."""
        return torch.addmm(self.bias_rate, self.e_user * shown.detach(), self.user_rate)

    @torch.no_grad()
    def step(self, inner: InnerLoss) -> None:
        layers, values = self.layers(), self.start
        if self.total is not None:
            values = self._moved(values, self.of_total, self.total)
            values -= rated_product(self.x, self.x, self.total, self.item_rate)
        read, output = forward_pass(values, layers)
        first, *deep = backward_pass(inner.slope(output), read, layers)
        self.total = first if self.total is None else self.total.add_(first)
        sums = self.sums or [
            (weight.new_zeros(len(first), *weight.shape), bias.new_zeros(len(first), 1, len(bias)))
            for weight, bias in self.shared
        ]
        self.sums = [take_step(*own, x, d) for own, x, d in zip(sums, read, deep, strict=True)]

    def layers(self) -> list[Affine]:
        """The layers after the first, after the steps so far."""
        if not self.sums:
            return self.shared
        return [
            (torch.addcmul(w, rate, g, value=-1), torch.addcmul(b, bias_rate, h, value=-1))
            for (w, b), (rate, bias_rate), (g, h) in zip(
                self.shared, self.rates, self.sums, strict=True
            )
        ]

    def query(self) -> torch.Tensor:
        """Output for the queries, [B, Q]."""
        values = self.of_user[:, None] + rows(self.of_item, self.asked)
        if self.total is not None:
            values = self._moved(values, self._of_total(self.e_user), self.total)
            x = rows(self.e_item, self.asked)
            if torch.is_grad_enabled():
                own = self.item_rate * torch.bmm(self.x.mT, self.total)
                values = torch.baddbmm(values, x, own, alpha=-1)
            else:
                values -= rated_product(x, self.x, self.total, self.item_rate)
        return forward_pass(values, self.layers())[1]

    def _moved(
        self, values: torch.Tensor, of_total: torch.Tensor, total: torch.Tensor
    ) -> torch.Tensor:
        return values - (of_total * total.sum(1))[:, None]


def rated_product(
    z: torch.Tensor, x: torch.Tensor, total: torch.Tensor, rate: torch.Tensor
) -> torch.Tensor:
    """Z (rate * (X' Delta)) of every task: [B, n, D], [B, S, D], [B, S, H], [D, H] -> [B, n, H]."""
    few = max(1, BUFFER // max(rate.numel(), 1))
    buffer = rate.new_empty(min(few, len(z)), *rate.shape)
    product = z.new_empty(*z.shape[:2], rate.shape[1])
    for begin in range(0, len(z), few):
        part = slice(begin, begin + few)
        g = torch.bmm(x[part].mT, total[part], out=buffer[: len(z[part])]).mul_(rate)
        torch.bmm(z[part], g, out=product[part])
    return product
