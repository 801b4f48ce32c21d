"""Learners that adapt by a forward pass: laws of sets, and each formula for one user."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import leaky_relu, softmax

from baselines.amortised.amortised_base import Amortised
from baselines.amortised.anp import ANP, ANPConfig, CrossAttention
from baselines.amortised.class_means import class_means
from baselines.amortised.cmml import CMML, CMMLConfig
from baselines.amortised.cnp import CNP, CNPConfig
from baselines.amortised.icl import ICL, ICLConfig
from baselines.amortised.lwa import LWA, LWAConfig
from baselines.amortised.nlba import NLBA, NLBAConfig
from baselines.amortised.r2d2 import R2D2, R2D2Config
from baselines.amortised.tanp import Normal, TaNP, TaNPConfig, clusters, divergence, sharpened
from baselines.layers import Joint, support_mean
from coldbench.errors import UsageError
from coldbench.learning.learner import Episode
from coldbench.tasks.episodes import EpisodeBatch
from tests.baselines.worlds import RNG, domain, training, with_empty_support, world

KINDS = {
    CNP: CNPConfig, TaNP: TaNPConfig, LWA: LWAConfig, NLBA: NLBAConfig, CMML: CMMLConfig,
    ICL: ICLConfig, ANP: ANPConfig, R2D2: R2D2Config,
}  # fmt: skip


def built(kind: type[Amortised[Any]], **options: Any) -> tuple[Any, Episode]:
    """A learner's network in float64, and an episode; its first user has no support."""
    ratings = world(12)
    config: Any = KINDS[kind](embedding=4, hidden=(8, 8), **options)
    learner = kind(config, domain(ratings), RNG(1))
    learner.network.observe(training(ratings))
    learner.network.double()
    episode = with_empty_support(next(training(ratings).episodes(RNG(2), batch_size=8)))
    return learner, episode


def users(network: Any, batch: EpisodeBatch) -> Iterator[tuple[torch.Tensor, ...]]:
    """For each user: [e_u, e_i] of the support [n, W], ratings [n, 1], [e_u, e_i] of queries."""
    for task in range(len(batch)):
        known, asked = batch.support_mask[task], batch.query_mask[task]
        e_user = network.user(batch.user[task, None])

        def joined(items: torch.Tensor, e_user: torch.Tensor = e_user) -> torch.Tensor:
            return torch.cat([e_user.expand(len(items), -1), network.item(items)], 1)

        value = network.normal(batch.support_value[task, known].double())
        support = joined(batch.support_item[task, known])
        yield support, value[:, None], joined(batch.query_item[task, asked])


def one(layer: Joint, x: torch.Tensor) -> torch.Tensor:
    """A joint layer as one matrix on the inputs side by side."""
    return x @ torch.cat([part.weight for part in layer.parts], 1).T + layer.parts[0].bias


def assert_rows(output: torch.Tensor, batch: EpisodeBatch, expected: list[torch.Tensor]) -> None:
    torch.testing.assert_close(output[batch.query_mask], torch.cat(expected), rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_order_of_ratings_and_other_queries_do_not_matter(kind: type[Amortised[Any]]) -> None:
    learner, episode = built(kind)
    batch, network = episode.batch, learner.network
    expected = network(batch)
    turn = torch.randperm(batch.support_mask.shape[1], generator=torch.Generator().manual_seed(0))
    sides = {
        name: getattr(batch, name)[:, turn]
        for name in ("support_item", "support_value", "support_mask")
    }
    turned = dataclasses.replace(batch, **sides)
    assert (network(turned) - expected)[batch.query_mask].abs().max() < 1e-12
    single = dataclasses.replace(
        batch, query_item=batch.query_item[:, :1], query_mask=batch.query_mask[:, :1]
    )
    assert (network(single) - expected[:, :1]).abs().max() < 1e-12


@pytest.mark.parametrize("kind", KINDS)
def test_the_support_matters(kind: type[Amortised[Any]]) -> None:
    learner, episode = built(kind)
    batch = episode.batch
    raised = dataclasses.replace(batch, support_value=batch.support_value - 1)
    moved = (learner.network(raised) - learner.network(batch)).abs().amax(1)
    assert moved[0] == 0  # nothing to read
    assert moved[1:].min() > 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_learns(kind: type[Amortised[Any]]) -> None:
    learner, episode = built(kind)
    learner.losses(episode, torch.Generator().manual_seed(0)).mean().backward()
    still = {n for n, p in learner.network.named_parameters() if p.grad is None or not p.grad.any()}
    assert not still


def test_mean_by_hand() -> None:
    values = torch.tensor([[[1.0], [2.0], [6.0]], [[5.0], [7.0], [9.0]]])
    mask = torch.tensor([[True, True, False], [False, False, False]])
    assert support_mean(values, mask).tolist() == [[1.5], [0.0]]
    assert support_mean(values, mask, shrink=1.0).tolist() == [[1.0], [0.0]]


def test_a_cnp_with_trivial_encoder_is_the_mean_rating() -> None:
    learner, episode = built(CNP, latent=1)
    network, batch = learner.network, episode.batch
    with torch.no_grad():
        for part in network.pair.parts:
            part.weight.zero_()
        network.pair.parts[0].bias.fill_(10.0)  # beyond the bend of relu
        network.pair.parts[2].weight.fill_(1.0)
    network.encoder = nn.Sequential(nn.Linear(8, 1).double())
    nn.init.constant_(network.encoder[0].weight, 1 / 8)
    nn.init.constant_(network.encoder[0].bias, -10.0)
    caught: list[torch.Tensor] = []
    network.query.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[2]))
    network(batch)
    for task, (_, value, _) in enumerate(users(network, batch)):
        mean = value.mean() if len(value) else torch.tensor(0.0)
        assert float(caught[0][task, 0, 0].detach()) == pytest.approx(float(mean), abs=1e-12)


def test_cnp_is_its_formula() -> None:
    learner, episode = built(CNP, latent=3)
    network, expected = learner.network, []
    for x, r, asked in users(network, episode.batch):
        pairs = network.encoder(one(network.pair, torch.cat([x, r], 1)).relu())
        vector = pairs.mean(0) if len(r) else torch.zeros(3).double()
        inputs = torch.cat([asked, vector.expand(len(asked), -1)], 1)
        expected.append(network.decoder(one(network.query, inputs).relu())[:, 0])
    assert_rows(network(episode.batch), episode.batch, expected)


def test_class_means_by_hand() -> None:
    known = torch.tensor([[[1.0], [3.0], [8.0]]])
    mask = torch.tensor([[True, True, True]])
    two_classes = torch.tensor([[0.0, 1.0, 1.0]])
    # R_0 = 1, R_1 = (3 + 8) / 2: the paper's; over the support: 1 / 3 and 11 / 3
    assert class_means(known, two_classes, mask, "class").tolist() == [[[1.0], [5.5]]]
    over_all = class_means(known, two_classes, mask, "support")
    torch.testing.assert_close(over_all, torch.tensor([[[1 / 3], [11 / 3]]]))
    halves = torch.tensor([[0.25, 0.75, 0.5]])
    means = class_means(known, halves, mask & torch.tensor([True, True, False]), "class")
    torch.testing.assert_close(means, torch.tensor([[[0.75 + 0.75], [0.25 + 2.25]]]))
    assert not class_means(known, halves, mask & False, "support").any()


def history(network: Any, x: torch.Tensor, r: torch.Tensor) -> list[torch.Tensor]:
    """R_0 and R_1 of one user, on a scale of 1..5, over the support."""
    liked = (network.rating(r) - 1) / 4
    shown = network.item_rest(one(network.item_first, x).relu())
    if not len(r):
        return [torch.zeros(len(network.item_rest[-1].bias)).double()] * 2
    return [((1 - liked) * shown).mean(0), (liked * shown).mean(0)]


def test_lwa_is_its_formula() -> None:
    learner, episode = built(LWA, latent=5)
    network, expected = learner.network, []
    with torch.no_grad():
        network.class_weight.copy_(torch.tensor([-0.7, 1.3]))
        network.bias.fill_(0.2)
    for x, r, asked in users(network, episode.batch):
        disliked, liked = history(network, x, r)
        shown = network.item_rest(one(network.item_first, asked).relu())
        w0, w1 = network.class_weight
        expected.append(network.bias + shown @ (w0 * disliked + w1 * liked))
    assert_rows(network(episode.batch), episode.batch, expected)


def test_nlba_is_its_formula() -> None:
    learner, episode = built(NLBA, latent=5)
    network, expected = learner.network, []
    for x, r, asked in users(network, episode.batch):
        means = history(network, x, r)
        hidden = network.item_rest(one(network.item_first, asked).relu())
        for index, layer in enumerate(network.layers):
            bias = layer.parts[0].bias + sum(
                layer.parts[1 + k].weight @ mean for k, mean in enumerate(means)
            )
            hidden = (hidden.relu() if index else hidden) @ layer.parts[0].weight.T + bias
        expected.append(hidden[:, 0])
    assert_rows(network(episode.batch), episode.batch, expected)


@pytest.mark.parametrize("residual", [True, False])
def test_cmml_is_its_formula(residual: bool) -> None:
    learner, episode = built(CMML, residual=residual)
    network, expected = learner.network, []
    for x, r, asked in users(network, episode.batch):
        pair = torch.cat([x, network.rating_encoder(r)], 1)
        context = torch.full((network.width,), float(residual)).double()
        if len(r):
            context = context + network.context(one(network.pair, pair).relu()).mean(0)
        hyper, hidden = asked * context, asked
        for layer, of_hyper, film in zip(network.layers, network.hyper, network.films, strict=True):
            hyper = of_hyper(hyper).relu()
            both = film(hyper)
            gamma, beta = both[:, :8] + residual, both[:, 8:]
            hidden = leaky_relu(layer(hidden) * gamma + beta)
        expected.append(network.last(hidden)[:, 0])
    assert_rows(network(episode.batch), episode.batch, expected)


@pytest.mark.parametrize("detach", [True, False])
def test_no_gradient_flows_into_the_context_of_cmml(detach: bool) -> None:
    """The embeddings of years that only the support shows learn nothing, unless asked to."""
    learner, episode = built(CMML, detach=detach)
    network, batch = learner.network, episode.batch
    single = EpisodeBatch(*(getattr(batch, f.name)[1:2] for f in dataclasses.fields(batch)))
    network(single)[single.query_mask].sum().backward()
    year = network.item.get_buffer("ids0")[:, 0]
    known = set(year[single.support_item[single.support_mask]].tolist())
    only_known = sorted(known - set(year[single.query_item[single.query_mask]].tolist()))
    assert only_known
    assert bool(network.item.weights[0].grad[only_known].any()) is not detach


def test_clusters_and_their_target_by_hand() -> None:
    task, centres = torch.tensor([[0.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    # t = 1: kernels 1 / (1 + 1) and 1 / (1 + 4)
    share = clusters(task, centres, 1.0)
    torch.testing.assert_close(share, torch.tensor([[0.5 / 0.7, 0.2 / 0.7]]))
    torch.testing.assert_close(
        clusters(task, centres, 3.0), torch.tensor([[(3 / 4) ** 2, (3 / 7) ** 2]])
        / ((3 / 4) ** 2 + (3 / 7) ** 2),
    )  # fmt: skip
    shares = torch.tensor([[0.5, 0.5], [0.9, 0.1]])
    first = torch.tensor([0.25 / 1.4, 0.25 / 0.6])
    torch.testing.assert_close(sharpened(shares)[0], first / first.sum())
    torch.testing.assert_close(sharpened(shares).sum(1), torch.ones(2))


def test_divergence_is_that_of_torch() -> None:
    g = torch.Generator().manual_seed(0)
    p, q = (Normal(*torch.randn(2, 6, 3, generator=g).double()) for _ in range(2))
    normals = [torch.distributions.Normal(n.mean, (n.log_variance / 2).exp()) for n in (p, q)]
    expected = torch.distributions.kl_divergence(*normals).sum(1)
    torch.testing.assert_close(divergence(p, q), expected)


@pytest.mark.parametrize("residual", [True, False])
def test_tanp_is_its_formula(residual: bool) -> None:
    learner, episode = built(TaNP, residual=residual, latent=3, task=5, clusters=4)
    network, expected = learner.network, []
    for x, r, asked in users(network, episode.batch):
        both = one(network.pair, torch.cat([x, r], 1)).relu()
        latent, task = torch.zeros(3).double(), torch.zeros(5).double()
        if len(r):
            latent = network.latent_encoder(both[:, :8]).mean(0)
            task = network.task_encoder(both[:, 8:]).mean(0)
        mean = network.moments(latent)[:3]
        kernel = 1 / (1 + (task - network.centres).square().sum(1))
        task = task + (kernel / kernel.sum()) @ network.centres
        hidden = one(network.query, torch.cat([asked, mean.expand(len(asked), -1)], 1))
        for index, film in enumerate(network.films):
            hidden = network.layers[index - 1](hidden) if index else hidden
            gamma, beta = film(task).tanh().chunk(2)
            hidden = (hidden * (gamma + residual) + beta).relu()
        expected.append(network.last(hidden)[:, 0])
    assert_rows(network(episode.batch), episode.batch, expected)


def test_icl_is_its_formula() -> None:
    """Attention of each head as a softmax over one user's own tokens."""
    learner, episode = built(ICL, size=6, heads=2, blocks=2)
    network, batch, expected = learner.network, episode.batch, []
    wide = network.user.width
    for x, r, asked in users(network, batch):
        user = network.of_user(asked[:1, :wide])
        known = user + one(network.of_item, torch.cat([x[:, wide:], r, torch.ones_like(r)], 1))
        none = torch.zeros(len(asked), 2).double()
        queries = user + one(network.of_item, torch.cat([asked[:, wide:], none], 1))
        tokens, shown = torch.cat([user, known, queries]), 1 + len(r)
        for block in network.blocks:
            normed = block.attention_norm(tokens)
            question, both = block.to_query(normed), block.to_key_value(normed[:shown])
            heads = []
            for h in range(2):
                part = slice(3 * h, 3 * h + 3)
                key, value = both[:, :6][:, part], both[:, 6:][:, part]
                heads.append(softmax(question[:, part] @ key.T / 3**0.5, 1) @ value)
            tokens = tokens + block.to_output(torch.cat(heads, 1))
            tokens = tokens + block.mlp(block.mlp_norm(tokens))
        expected.append(network.last(network.norm(tokens[shown:]))[:, 0])
    assert_rows(network(batch), batch, expected)


def test_icl_needs_heads_that_divide_its_size() -> None:
    with pytest.raises(UsageError, match="heads 4 do not divide size 30"):
        built(ICL, size=30)


def test_cross_attention_is_torchs_multihead_attention() -> None:
    """With its `add_zero_attn`: one more key and value of zeros, also where no rating is shown."""
    own, library = CrossAttention(12, 3, RNG(0)).double(), nn.MultiheadAttention(
        12, 3, add_zero_attn=True, batch_first=True, dtype=torch.float64
    )  # fmt: skip
    parts = own.to_query, own.to_key, own.to_value
    with torch.no_grad():
        library.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        library.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        library.out_proj.weight.copy_(own.to_output.weight)
        library.out_proj.bias.copy_(own.to_output.bias)
    g = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(4, n, 12, generator=g).double() for n in (5, 7, 7))
    mask = torch.arange(7) < torch.tensor([[7], [3], [1], [0]])
    expected, _ = library(query, key, value, key_padding_mask=~mask)
    torch.testing.assert_close(own(query, key, value, mask), expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(own(query, key, value, mask)[3, 0], own.to_output.bias)


def test_anp_is_its_formula() -> None:
    """The softmax of each head over one user's own ratings and a zero."""
    learner, episode = built(ANP, size=6, heads=2)
    network, batch, expected = learner.network, episode.batch, []
    wide, attention = network.user.width, network.attention
    for x, r, asked in users(network, batch):
        pairs = network.encoder(one(network.pair, torch.cat([x, r], 1)).relu())
        zero = torch.zeros(1, 6).double()
        keys = torch.cat([attention.to_key(network.place(x[:, wide:])), zero])
        values = torch.cat([attention.to_value(pairs), zero])
        question = attention.to_query(network.place(asked[:, wide:]))
        heads = []
        for part in (slice(3), slice(3, 6)):
            share = softmax(question[:, part] @ keys[:, part].T / 3**0.5, 1)
            heads.append(share @ values[:, part])
        read = attention.to_output(torch.cat(heads, 1))
        hidden = one(network.query, torch.cat([asked, read], 1)).relu()
        expected.append(network.decoder(hidden)[:, 0])
    assert_rows(network(batch), batch, expected)


def test_anp_tells_queries_apart_where_a_cnp_cannot() -> None:
    """Of one support each query reads something else: the point of attention."""
    learner, episode = built(ANP)
    batch, caught = episode.batch, list[torch.Tensor]()
    learner.network.query.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[2]))
    learner.network(batch)
    read = caught[0][1, batch.query_mask[1]]
    assert (read - read[0])[1:].abs().amax(1).min() > 1e-6


def test_anp_needs_heads_that_divide_its_size() -> None:
    with pytest.raises(UsageError, match="heads 4 do not divide size 30"):
        built(ANP, size=30)


def test_the_loss_of_tanp_is_its_formula() -> None:
    """Prior and posterior encoded apart, one user after the other; z is the posterior's mean."""
    learner, episode = built(TaNP, latent=3, task=5, clusters=4)
    network, c, batch = learner.network, learner.config, episode.batch
    shares, rest = [], []
    for row, (x, r, asked) in enumerate(users(network, batch)):
        target = network.normal(episode.target[row, batch.query_mask[row]].double())
        pairs = torch.cat([torch.cat([x, r], 1), torch.cat([asked, target[:, None]], 1)])
        both, task = one(network.pair, pairs).relu(), torch.zeros(5).double()
        latents = network.latent_encoder(both[:, :8])
        means = [latents[: len(r)].mean(0) if len(r) else torch.zeros(3).double(), latents.mean(0)]
        prior, posterior = (Normal(*network.moments(mean)[None].chunk(2, 1)) for mean in means)
        if len(r):
            task = network.task_encoder(both[: len(r), 8:]).mean(0)
        shares.append(clusters(task[None], network.centres, 1.0)[0])
        hidden = one(network.query, torch.cat([asked, posterior.mean.expand(len(asked), -1)], 1))
        for index, film in enumerate(network.films):
            hidden = network.layers[index - 1](hidden) if index else hidden
            gamma, beta = film(task + shares[-1] @ network.centres).tanh().chunk(2)
            hidden = (hidden * (1 + gamma) + beta).relu()
        fit = (network.last(hidden)[:, 0] - target).abs().mean()
        rest.append(fit + c.kl * divergence(posterior, prior)[0])
    share = torch.stack(shares)
    wanted = sharpened(share)
    expected = torch.stack(rest) + c.cluster_loss * (wanted * (wanted / share).log()).sum(1)
    torch.testing.assert_close(learner.losses(episode), expected, rtol=0, atol=1e-10)
