"""The global update: phi <- phi - lambda x sum over users of the query gradient at their theta."""

import copy

import torch
from torch import nn

from mamo.model import Model
from mamo.optimisers import Tensors
from mamo.switches import MAMOConfig

__all__ = ["GlobalUpdate", "add_gradients"]


class GlobalUpdate:
    """Adds up query gradients in `.grad` of the model's parameters, then steps.

    `predictor` is the model that predicts: itself, or with its phi averaged over the steps,
    average <- averaging x average + (1 - averaging) x phi, and the same memories.
    """

    def __init__(self, model: Model, config: MAMOConfig) -> None:
        self.model, self.config, self.users, self.steps = model, config, 0, 0
        self.predictor = model
        # a walk through the modules costs as much as ten operations
        self.parameters = self.averages = tuple(model.parameters())
        rare, ids = model.rare_weights(), model.id_weights()
        named = {id(weight) for weight in (*rare, *ids)}
        rest = [weight for weight in self.parameters if id(weight) not in named]
        common, rarely = config.weight_decay, config.weight_decay + config.rare_decay
        decays = (rest, common), (rare, rarely), (ids, config.id_decay)
        groups = [{"params": weights, "weight_decay": decay} for weights, decay in decays]
        rule = torch.optim.SGD if config.outer_optimizer == "sgd" else torch.optim.AdamW
        self.optimizer: torch.optim.Optimizer = rule(groups, config.rate, fused=True)

    def schedule(self, epochs_done: float) -> None:
        """lambda falls linearly to 0 over the configured epochs, if wanted."""
        if self.config.linear_decay:
            share = max(1 - epochs_done / self.config.epochs, 0.0)
            for group in self.optimizer.param_groups:
                group["lr"] = self.config.rate * share

    def step(self) -> None:
        """One step with the gradients of the users added since the last one."""
        with torch.no_grad():
            present = [p for p in self.parameters if p.grad is not None]
            gradients = [p.grad for p in present if p.grad is not None]
            if self.config.reduction == "mean" and self.users:
                torch._foreach_div_(gradients, float(self.users))
            if self.config.clip is not None:
                nn.utils.clip_grad_norm_(present, self.config.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.users = 0
        if self.config.averaging:
            self._average()

    def _average(self) -> None:
        if self.predictor is self.model:
            self.predictor = copy.deepcopy(self.model)
            self.predictor.memories = self.model.memories
            self.averages = tuple(self.predictor.parameters())
        self.steps += 1
        share = max(1 - self.config.averaging, 9 / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(self.averages, self.parameters, share)


def add_gradients(model: Model, inputs: Tensors, deltas: Tensors, config: MAMOConfig) -> None:
    """Query gradients of phi, summed over the batch, from layer inputs and output gradients.

    Where biases drift (`restore` "weights"), weights alone are updated.
    """
    network, biases = model.network, config.restore == "all"
    for name in ("user1", "user2", "item1", "item2", "hidden", "out"):
        affine = getattr(network, name)
        add(affine.weight, inputs[name], deltas[name])
        if biases:
            add_bias(affine.bias, deltas[name])
    if biases:
        add_bias(network.memory.bias, deltas["memory_item"])
    if not config.task_memory:
        upper, lower = gradient_of(network.memory.weight).split_with_sizes([config.size] * 2)
        upper.addmm_(flat(inputs["memory_user"]).T, flat(deltas["memory_user"]))
        lower.addmm_(flat(inputs["memory_item"]).T, flat(deltas["memory_item"]))


def add(weight: torch.Tensor, x: torch.Tensor, delta: torch.Tensor) -> None:
    """Adds the sum over tasks and cells of x^T delta, [in, out], to the weight's gradient."""
    gradient_of(weight).addmm_(flat(x).T, flat(delta))


def add_bias(bias: torch.Tensor, delta: torch.Tensor) -> None:
    gradient_of(bias).add_(flat(delta).sum(0))


def gradient_of(parameter: torch.Tensor) -> torch.Tensor:
    if parameter.grad is None:
        parameter.grad = torch.zeros_like(parameter)
    return parameter.grad


def flat(cells: torch.Tensor) -> torch.Tensor:
    """[B, S, n] as [B * S, n]."""
    return cells.flatten(0, 1)
