"""What a model is to be: a learner and its configuration, data, and a protocol to validate by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coldbench.data import Ratings
from coldbench.errors import unknown
from coldbench.learning import LearnerConfig, Variant, load_variant
from coldbench.models.store import ModelRecord
from coldbench.options import validated
from coldbench.running import provenance
from coldbench.tasks import PROTOCOLS, Protocol, first_of_each_pair

__all__ = ["Work"]


@dataclass(frozen=True, eq=False)
class Work:
    """All that a seed is trained from."""

    name: str
    base: str
    variant: Variant
    config: LearnerConfig
    protocol: Protocol
    ratings: Ratings
    device: str

    @classmethod
    def of(
        cls,
        name: str,
        base: str,
        ratings: Ratings,
        options: Mapping[str, Any] | None,
        protocol: str,
        protocol_options: Mapping[str, Any] | None,
        device: str,
    ) -> "Work":
        variant = load_variant(base)
        given = variant.completed(options or {})
        config = validated(variant.learner.Config, given, f"learner {name!r}")
        if protocol not in PROTOCOLS:
            raise unknown("protocol", protocol, PROTOCOLS)
        rules = validated(PROTOCOLS[protocol], protocol_options or {}, f"protocol {protocol!r}")
        return cls(name, base, variant, config, rules, ratings, device)

    def record(self, seeds: tuple[int, ...]) -> ModelRecord:
        catalogue, origin = self.ratings.catalogue, provenance(self.base)
        return ModelRecord(
            learner=self.name,
            base=self.base,
            config=self.config.model_dump(mode="json"),
            dataset=self.ratings.name,
            dataset_sha256=self.ratings.sha256,
            protocol=self.protocol.name,
            protocol_options=self.protocol.model_dump(mode="json"),
            device=self.device,
            scale=self.ratings.scale,
            ratings=len(first_of_each_pair(self.ratings)),
            users=catalogue.n_users,
            items=catalogue.n_items,
            seeds=seeds,
            code=origin["code"],
            plugin=origin["plugin"],
            versions=origin["libraries"],
        )
