"""MeLU: meta-learned starting weights, adapted to each user by SGD on the support.

    inner:  theta_b = theta - inner_rate * grad_theta sum_b mean_s loss(f(u_b, i_s), r_s)
    outer:  (phi, theta) by AdamW on  mean_b mean_q loss(f(u_b, i_q; phi, theta_b), r_q)

theta: the decision layers; phi: the embeddings, which learn in the outer loop only.
Lee, Im, Jang, Cho, Chung: MeLU, KDD 2019; Finn, Abbeel, Levine: MAML, ICML 2017.

What learn2learn does: `MAML.clone()` and `adapt()` take the step p <- p - inner_rate * gradient,
for all tasks of a batch in one call, on what our layers declare as parameters. With
`first_order: false` those are the tasks' own deep layers, and autograd gives their gradients
(`baselines.decision_layers`). By default they are moves of the layers' output, the gradients of
both loops are ours, written out, and weights are never seen by learn2learn
(`baselines.decision_layers_first_order`). Either way losses and meta-gradients equal those of
learn2learn's own loop, one clone a user, to 1e-9: tests/baselines/test_maml_melu.py. It takes the
steps of training; a prediction, which has no outer gradient, takes the same ones by hand.

Departures from Lee et al. 2019, chosen by validation unless a reason is given:
- derivatives of first order in both loops, five steps at .15 (published: 5e-6);
- absolute error in both loops, as it is what is measured, not squared error;
- AdamW with a falling rate and averaged weights, not Adam; 12 epochs of 128 tasks at .006, not
  of 32 at 5e-5; the epoch chosen by validation, then training on all data;
- queries are half of a user's ratings, at most 40, drawn anew each epoch, not the last ten;
- the output is in quarters of the scale around the mean of the training ratings, not a rating, so
  that a rate means the same on any scale (`baselines.network`);
- embeddings start at N(0, .1), of fields of many ids at N(0, .01), not at N(0, 1); such fields
  are hidden at random and decay in training.
`melu-released` has the published rates, and with them second derivatives, one step, squared error,
batches of 32 and Adam (no decay, no average, no hidden fields), for 20 epochs at most. Its own
departures: output, start of the embeddings, queries, early stopping and the training on all data
that follows stay as in `melu`.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from pydantic import Field

from baselines.decision_layers import TaskLayers, gradient_norms, task_cells
from baselines.decision_layers_first_order import FirstOrderLayers
from baselines.inner_loop import Adaptable, InnerConfig, ThroughMAML
from baselines.network import ContentNetwork
from coldbench import Choice, Dimension, EpisodeBatch, LearnerConfig, Real, Variant

__all__ = ["MeLU", "MeLUConfig", "melu_layers", "melu_released"]


class MeLUConfig(InnerConfig):
    """Options of the network, the outer optimiser, the episodes and the inner loop.

    Chosen together by validation on ML-1M, eight seeds (ML-100K, twelve): 12 epochs of 128 tasks at
    .006 and 70 reach .7770 (.8246), 14 of 128 at .005 .7769 (.8235), 14 of 32 at .003 and 15, which
    take nearly twice the time, .777 (.8237); 12 at .005 .7777, 10 at .006 .7793.
    """

    epochs: int = Field(12, ge=1)
    patience: int = Field(12, ge=1, description="the curves are too noisy to stop early on")
    batch_size: int = Field(128, ge=1, description="tasks: Lee et al. 2019 have 32")
    rate: float = Field(6e-3, gt=0, description="learning rate of AdamW: fewer, larger steps")
    rare_decay: float = Field(70.0, ge=0, description="weight decay of the rare fields")
    space: ClassVar[Mapping[str, Dimension]] = {
        **InnerConfig.space,
        "batch_size": Choice((32, 64, 128, 256)),
        "rare_decay": Real(0.1, 200, log=True),
    }


class MeLU(ThroughMAML):
    """MeLU, batched over tasks: learn2learn's MAML takes the steps, on gradients of ours."""

    Config: ClassVar[type[LearnerConfig]] = MeLUConfig
    config: MeLUConfig

    def layers(
        self, network: ContentNetwork, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> Adaptable:
        return melu_layers(network, self.config, batch, generator)

    def gradient_norms(self, batch: EpisodeBatch) -> torch.Tensor:
        return gradient_norms(self.predictor, batch)


def melu_layers(
    network: ContentNetwork,
    c: InnerConfig,
    batch: EpisodeBatch,
    generator: torch.Generator | None,
) -> Adaptable:
    """The decision layers of each task, in the form that is cheapest to adapt."""
    cells = task_cells(network, batch, generator, c.first_order)
    first_order = c.first_order or not torch.is_grad_enabled()
    layers = FirstOrderLayers if first_order else TaskLayers
    return layers(network.decision, cells)


melu_released = Variant(
    MeLU,
    {
        "first_order": False,
        "inner_rate": 5e-6,
        "inner_steps": 1,
        "rate": 5e-5,
        "epochs": 20,
        "patience": 14,
        "batch_size": 32,
        "loss": "squared",
        "weight_decay": 0.0,
        "decay": False,
        "average": 0.0,
        "inner_loss": "squared",
        "rare_decay": 0.0,
        "user_dropout": 0.0,
        "item_dropout": 0.0,
    },
    "MeLU with the published rates, which hardly adapt; what is not as released is listed below",
    fixed=True,
)
