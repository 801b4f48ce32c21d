"""The contract of a learner: train one epoch, predict a batch. The harness does the rest.

The harness owns epochs, early stopping, timing and devices, so no learner gets a larger budget.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field

from coldbench.data import Array, Catalogue, Ragged, Ratings, Scale
from coldbench.errors import Declined, UsageError
from coldbench.learning.rounding import noisy_ratings
from coldbench.learning.space import Dimension
from coldbench.tasks import EpisodeBatch, collate, pools, to_device

__all__ = [
    "CONTRACT",
    "Declined",
    "Domain",
    "Episode",
    "Learner",
    "LearnerConfig",
    "TrainingData",
    "Variant",
]

CONTRACT = 2  # moves when a learner written for the old contract might break


@dataclass(frozen=True, eq=False)
class Domain:
    """What a learner may know before it trains: content and scale, never a rating."""

    catalogue: Catalogue
    scale: Scale
    device: str = "cpu"


@dataclass(frozen=True, eq=False)
class Episode:
    """A training batch with its targets: float32 [B, Q], 0 where `batch.query_mask` is False."""

    batch: EpisodeBatch
    target: torch.Tensor


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The training ratings and nothing else: no row of a validation or test query is in here.

    user int64 [n], item int64 [n], value float32 [n], in lists by training user; `lists.rows`
    index these three arrays; task_user int64 [T].
    """

    user: Array
    item: Array
    value: Array
    lists: Ragged
    task_user: Array
    device: str = "cpu"

    @classmethod
    def of(
        cls, ratings: Ratings, users: Array, lists: Ragged, device: str = "cpu", rounding: int = 0
    ) -> "TrainingData":
        """A copy of the given rows; what is not in `lists` cannot be reached from it.

        rounding: the seed of noise in their last bit, 0 for none.
        """
        rows = lists.rows
        own = Ragged(np.arange(len(rows)), lists.ptr)
        item, value = ratings.item[rows].astype(np.int64), noisy_ratings(ratings, rounding)[rows]
        data = cls(users[lists.owner], item, value, own, users, device)
        for array in (data.user, data.item, data.value, data.task_user):
            array.flags.writeable = False
        return data

    def episodes(
        self,
        rng: np.random.Generator,
        batch_size: int = 32,
        query_share: float = 0.5,
        max_query: int = 40,
        max_support: int | None = None,
        random_support: bool = False,
    ) -> Iterator[Episode]:
        """Every training user once, in random order, with a fresh support / query split.

        A user with n >= 2 ratings gets round(n * query_share) of them as query, at least 1, at
        most `max_query`; the rest (at most `max_support`) as support, with `random_support` a
        number of these from 1 to all, each equally likely. Batches hold users of like length
        (`coldbench.tasks.episodes.pools`).
        """
        lengths = self.lists.lengths
        usable = np.flatnonzero(lengths >= 2)
        shuffled = self.lists.select(usable).shuffled(rng)
        count = np.clip(np.rint(lengths[usable] * query_share), 1, lengths[usable] - 1)
        query, support = shuffled.split(np.minimum(count, max_query).astype(np.int64))
        if max_support is not None:
            support = support.split(max_support)[0]
        if random_support:
            support = support.split(rng.integers(1, support.lengths + 1))[0]
        for chosen in pools(support.lengths, batch_size, rng):
            asked = query.select(chosen)
            users, known = self.task_user[usable[chosen]], support.select(chosen)
            batch = collate(users, known, asked, self.item, self.value)
            target = torch.from_numpy(asked.padded(self.value)[0])
            yield Episode(batch.to(self.device), to_device(target, self.device))


class LearnerConfig(BaseModel):
    """Options of a learner, with defaults; subclasses add theirs. Unknown keys are errors.

    epochs: most epochs of training; patience: stop after so many epochs without a better
    validation MAE; fixed_epochs: train for all `epochs`, without validation, as most released
    code does. space: what `coldbench tune` may change, by option; nothing by default. tuned_by: by
    option, the learner that tunes it in this one's place, where both share a network; an option
    of this one's own space counts as its own.
    """

    space: ClassVar[Mapping[str, Dimension]] = {}
    tuned_by: ClassVar[Mapping[str, str]] = {}
    model_config = ConfigDict(frozen=True, extra="forbid")
    epochs: int = Field(1, ge=1)
    patience: int = Field(4, ge=1)
    fixed_epochs: bool = False

    @property
    def chooses_epochs(self) -> bool:
        """Whether validation chooses how many of the epochs it trains."""
        return self.epochs > 1 and not self.fixed_epochs

    def shortened(self, share: float) -> Self:
        """The configuration of a run of a share of the epochs, which is to foretell a whole run.

        A learning rate that falls over `epochs` falls faster. A configuration with other options
        that are counted in epochs, or mean something else in fewer, overrides this.
        """
        return self.model_copy(update={"epochs": math.ceil(self.epochs * share)})


class Learner(ABC):
    """A learner: built from its configuration, trained by the harness, asked to predict.

    Subclasses define `Config` (a LearnerConfig), and hold all they learn as attributes that
    `copy.deepcopy` and `pickle` can copy (torch modules, tensors, arrays). They read randomness
    from the generators they are given only. Raise `Declined` in `__init__` when the learner
    cannot do the job (a missing library, no content fields), with the reason.
    """

    Config: ClassVar[type[LearnerConfig]] = LearnerConfig
    contract: ClassVar[int] = CONTRACT

    def __init__(self, config: Any, domain: Domain, rng: np.random.Generator) -> None:
        """Initial state; draws of `rng` come from the init stream."""
        self.config = config
        self.domain = domain

    @abstractmethod
    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        """Train for one epoch (counted from 0); returns figures worth plotting, such as a loss.

        Draws of `rng` come from the order stream.
        """

    def gradient_norms(self, batch: EpisodeBatch) -> torch.Tensor | None:
        """How much one support rating moves what is adapted to a user, float32 [B]; optional.

        The norm of the gradient, by the adapted weights, of the error of each episode's only
        support rating (MeLU's evidence, Lee et al. 2019). None: the learner has no gradients.
        """
        return None

    @abstractmethod
    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        """Predicted ratings, float32 [B, Q]; entries outside `query_mask` are ignored.

        Pure: it changes neither learner nor batch, and a cell depends on the support of its row
        and on its own query alone.
        """

    def state(self) -> Mapping[str, Any]:
        """What `predict` needs of a trained learner, by attribute: what `coldbench train` stores.

        Numbers, texts, tensors, arrays, torch modules, learners, and lists, tuples, dicts or
        objects of these. By default all attributes; optimisers are never stored, since a stored
        learner predicts and is not trained further. Override it where a trained learner has
        objects that a newly built one does not have.
        """
        return {k: v for k, v in vars(self).items() if k not in ("config", "domain")}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Makes a newly built learner, whose `state` has been filled in, the trained one."""
        vars(self).update(state)

    def extend(self, domain: Domain) -> None:
        """Takes in users and items that did not exist when it was trained, for their content.

        The catalogue of `domain` has the users and items of `self.domain` in their places, and the
        new ones after them, with values of which category ids and labels mean the same. Raises
        Declined where the learner reads no content, or cannot read that of new ones.
        """
        raise Declined(f"{type(self).__name__} does not read content of users or items it meets")

    def n_parameters(self) -> int:
        """How many parameters it has: numbers in its torch modules and tensors."""
        count = 0
        for value in vars(self).values():
            if isinstance(value, torch.nn.Module):
                count += sum(parameter.numel() for parameter in value.parameters())
            elif isinstance(value, torch.Tensor):
                count += value.numel()
        return count


@dataclass(frozen=True)
class Variant:
    """A learner under another default configuration: registered by name, never a copy of code.

    note: what it is, in one line, and why it departs from the learner's own defaults;
    space: dimensions that only this variant has to tune, beside those of the configuration;
    fixed: a version as it was published, of which nothing is tuned.
    """

    learner: type[Learner]
    options: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    space: Mapping[str, Dimension] = field(default_factory=dict)
    fixed: bool = False

    @classmethod
    def of(cls, registered: Any, name: str) -> "Variant":
        """What an entry point may name: a Learner class or a Variant of one."""
        if isinstance(registered, Variant):
            return registered
        if not (isinstance(registered, type) and issubclass(registered, Learner)):
            raise UsageError(
                f"learner {name!r}: its entry point names {registered!r}, "
                "which is neither a coldbench.Learner class nor a coldbench.Variant"
            )
        return cls(registered, {}, (registered.__doc__ or "").strip().split("\n")[0])

    def configure(self, options: Mapping[str, Any]) -> LearnerConfig:
        """The full configuration: defaults, then this variant's options, then the given ones."""
        return self.learner.Config.model_validate(self.completed(options))

    def completed(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The given options on top of this variant's own.

        Options that name all that a record always names are a whole configuration, as a stored
        study holds it, and stand for themselves: what a record leaves out is an option at the
        value that it had before it existed, which this variant may have changed since.
        """
        kind = self.learner.Config
        always = {name for name, one in kind.model_fields.items() if one.exclude_if is None}
        always &= kind.model_construct().model_dump(warnings=False).keys()
        return dict(options) if always <= options.keys() else {**self.options, **options}

    def dimensions(self) -> Mapping[str, Dimension]:
        """Everything that `coldbench tune` may change in this variant."""
        return {} if self.fixed else {**self.learner.Config.space, **self.space}

    @property
    def tunable(self) -> bool:
        """Whether `coldbench tune` may change anything, itself or through another learner."""
        return not self.fixed and bool(self.dimensions() or self.learner.Config.tuned_by)
