"""All that MAMO learns: embeddings of content, initial weights phi, and the memories."""

from typing import Any

import numpy as np
import torch
from torch import nn

from coldbench import Catalogue, ContentEmbedding, IdentityEmbedding, torch_generator
from mamo.memories import Memories
from mamo.network import Network
from mamo.switches import MAMOConfig

__all__ = ["Model"]


class Model(nn.Module):
    """user, item: embeddings of content fields; network: phi; memories: M_P, M_U, M_UI."""

    def __init__(
        self, config: MAMOConfig, catalogue: Catalogue, outputs: int, rng: np.random.Generator
    ) -> None:
        super().__init__()
        options: dict[str, Any] = {
            "std": config.embedding_std,
            "rare_size": config.rare_size,
            "rare_std": config.rare_std,
        }
        fields, hidden = catalogue.user_fields, config.user_dropout
        self.user = ContentEmbedding(fields, config.size, rng, **options, rare_dropout=hidden)
        fields, hidden = catalogue.item_fields, config.rare_dropout
        options["rare_dropout"] = hidden
        if config.item_id:
            options["least"] = config.item_id_least
            self.item: ContentEmbedding = IdentityEmbedding(
                fields, catalogue.n_items, config.size, rng, **options
            )
        else:
            self.item = ContentEmbedding(fields, config.size, rng, **options)
        generator = torch_generator(rng)
        user_width, item_width = max(self.user.width, 1), max(self.item.width, 1)
        self.network = Network(config, user_width, item_width, outputs, generator)
        self.memories = Memories(config, user_width, generator)

    def rare_weights(self) -> list[nn.Parameter]:
        """The embeddings of fields with many, mostly rare, ids."""
        return [*self.user.rare_weights, *self.item.rare_weights]

    @property
    def identified(self) -> IdentityEmbedding:
        """The items' embedding, which knows their ids."""
        assert isinstance(self.item, IdentityEmbedding)
        return self.item

    def id_weights(self) -> list[nn.Parameter]:
        """What is learned of ids."""
        return self.item.id_weights if isinstance(self.item, IdentityEmbedding) else []

    def user_profile(
        self, index: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """p_u [n, P_u] of users int64 [n]; with a generator rare fields are hidden at random."""
        return self._profile(self.user, index, generator)

    def item_profile(
        self, index: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """p_i [n, P_i] of items int64 [n]; with a generator rare fields are hidden at random."""
        return self._profile(self.item, index, generator)

    def _profile(
        self, embedding: ContentEmbedding, index: torch.Tensor, generator: torch.Generator | None
    ) -> torch.Tensor:
        """Without any field everybody has the same profile, one constant."""
        if not embedding.width:
            like = self.network.out.bias
            return torch.ones(len(index), 1, dtype=like.dtype, device=like.device)
        profile: torch.Tensor = embedding(index, generator)
        return profile
