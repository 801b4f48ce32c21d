"""Every option of MAMO; every difference between paper and released code is a switch."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from coldbench import IdentityConfig

__all__ = ["MAMOConfig"]


class MAMOConfig(IdentityConfig):
    """Defaults are the paper's (Dong et al. 2020), as far as it states them.

    With `item_id` (neither paper nor released code has it) items are known by ids, and where the
    output is a rating and not classes, by offsets. Users have none: the support says who they are.

    `switches` names each switch with the options of its two sides, so that an ablation can flip
    it from either side without knowing MAMO.
    """

    epochs: int = Field(3, ge=1)
    patience: int = Field(3, ge=1)

    # sizes and learning rates, with the paper's symbols
    size: int = Field(100, ge=1, description="d, of embeddings and layers")
    slots: int = Field(3, ge=1, description="K")
    alpha: float = Field(0.5, ge=0, le=1, description="write rate of profiles")
    beta: float = Field(0.05, ge=0, le=1, description="write rate of gradients")
    gamma: float = Field(0.1, ge=0, le=1, description="write rate of task memories")
    tau: float = Field(0.01, ge=0, description="how far a gradient memory shifts the start")
    rho: float = Field(0.01, ge=0, description="learning rate of the local update")
    rate: float = Field(0.05, gt=0, description="lambda, learning rate of the global update")
    local_loops: int = Field(3, ge=0, description="passes over the support in a local update")
    temperature: float = Field(1.0, gt=0, description="multiplies the cosines of the attention")

    # memories that may be switched off, to measure what they give
    profile_memory: bool = Field(True, description="off: all slots get equal attention")
    gradient_memory: bool = Field(True, description="off: theta_u starts at phi_u")
    task_memory: bool = Field(True, description="off: M_u,I starts at a shared, learned matrix")

    # paper against released code
    attention: Literal["cosine", "random-layer"] = "cosine"
    slots_start: Literal["distinct", "aliased"] = "distinct"
    restore: Literal["all", "weights"] = "all"
    test_start: Literal["memories", "last-user"] = "memories"
    profile_at_test: Literal["read", "write"] = "read"
    loss: Literal["squared", "absolute", "cross-entropy", "softmax-twice"] = "squared"
    readout: Literal["expectation", "median", "argmax"] = "expectation"
    task_write: Literal["published", "convex"] = "published"
    local_optimizer: Literal["sgd", "adam"] = "sgd"
    local_batch: int | None = Field(None, ge=1, description="ratings a step; None: all at once")
    meta_users: int | None = Field(None, ge=1, description="users an epoch; None: all")
    outer_step: Literal["batch", "epoch"] = "batch"
    # the paper's sum over users gives no number of users; over 32, lambda .05 diverges
    reduction: Literal["sum", "mean"] = "mean"
    clip: float | None = Field(None, gt=0, description="greatest norm of a global gradient")
    # left out of the record where they are as published, so that earlier jobs keep their hashes
    user_clip: float | None = Field(
        None, gt=0, exclude_if=lambda v: v is None, description="greatest norm of a query gradient"
    )
    local_clip: float | None = Field(
        None, gt=0, exclude_if=lambda v: v is None, description="the same, of each local step"
    )
    meta_draw: Literal["lowest-ids", "random"] = Field(
        "lowest-ids",
        exclude_if=lambda v: v == "lowest-ids",
        description="which users `meta_users` are, the same in all epochs; of all, no matter",
    )
    widths: Literal["equal", "halved"] = Field(
        "equal",
        exclude_if=lambda v: v == "equal",
        description="a hidden layer is as wide as what follows it, or half as what it reads",
    )

    # training that the paper leaves open
    batch: int = Field(32, ge=1, description="users computed at once, and a global step")
    # left out of the record when not set, so that jobs from before it existed keep their hashes
    least_steps: int | None = Field(
        None,
        ge=1,
        exclude_if=lambda value: value is None,
        description="global steps an epoch: few users come in smaller batches",
    )
    local_shrink: float = Field(
        0.0,
        ge=0,
        exclude_if=lambda value: not value,
        description="cells of zero loss added to each local step's mean, as MeLU's `inner_shrink`",
    )
    random_support: bool = Field(
        False,
        exclude_if=lambda value: not value,
        description="train on a random number of a user's support ratings, 1 to all",
    )
    query_share: float = Field(0.5, gt=0, lt=1)
    max_query: int = Field(40, ge=1)
    max_support: int | None = Field(None, ge=1)
    outer_optimizer: Literal["sgd", "adamw"] = "sgd"
    linear_decay: bool = Field(False, description="lambda falls to 0 over `epochs`")
    weight_decay: float = Field(0.0, ge=0)
    averaging: float = Field(0.0, ge=0, lt=1, description="predict from a moving average of phi")
    embedding_std: float = Field(0.1, ge=0)
    rare_size: int = Field(100, ge=1, description="a field with more ids has rare ids")
    rare_std: float = Field(0.01, ge=0, description="of the embeddings of rare ids")
    rare_dropout: float = Field(0.0, ge=0, lt=1, description="of rare ids of items")
    user_dropout: float = Field(0.0, ge=0, lt=1, description="of rare ids of users")
    rare_decay: float = Field(0.0, ge=0, description="weight decay of the embeddings of rare ids")
    gradient_std: float = Field(0.05, ge=0, description="of M_U at the start")
    task_std: float | None = Field(None, gt=0, description="of M_UI; None: 1 / sqrt(2 d)")

    switches: ClassVar[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
        "attention": {
            "paper": {"attention": "cosine"},
            "released": {"attention": "random-layer"},
        },
        "slots-start": {
            "paper": {"slots_start": "distinct"},
            "released": {"slots_start": "aliased"},
        },
        "restore": {"paper": {"restore": "all"}, "released": {"restore": "weights"}},
        "test-start": {
            "paper": {"test_start": "memories"},
            "released": {"test_start": "last-user"},
        },
        "profile-at-test": {
            "paper": {"profile_at_test": "read"},
            "released": {"profile_at_test": "write"},
        },
        "loss": {"paper": {"loss": "squared"}, "released": {"loss": "softmax-twice"}},
        "readout": {"paper": {"readout": "expectation"}, "released": {"readout": "argmax"}},
        "meta-users": {
            "paper": {"meta_users": None, "outer_step": "batch"},
            "released": {"meta_users": 100, "outer_step": "epoch"},
        },
        "meta-draw": {
            "paper": {"meta_draw": "lowest-ids"},
            "released": {"meta_draw": "random"},
        },
        "outer-gradient": {"paper": {"reduction": "mean"}, "released": {"reduction": "sum"}},
        "user-clip": {"paper": {"user_clip": None}, "released": {"user_clip": 5.0}},
        "local-clip": {"paper": {"local_clip": None}, "released": {"local_clip": 5.0}},
        "widths": {"paper": {"widths": "equal"}, "released": {"widths": "halved"}},
        "local-optimizer": {
            "paper": {"local_optimizer": "sgd", "local_batch": None},
            "released": {"local_optimizer": "adam", "local_batch": 5},
        },
        "start-scale": {
            "paper": {"embedding_std": 0.1, "rare_std": 0.01, "task_std": None},
            "released": {"embedding_std": 1.0, "rare_std": 0.01, "task_std": 1.0},
        },
    }

    @field_validator("meta_draw")
    @classmethod
    def _drawn(cls, value: str, known: ValidationInfo) -> str:
        """One configuration, not two, where there is nothing to draw."""
        return "lowest-ids" if known.data.get("meta_users") is None else value

    def between(self, inputs: int, outputs: int) -> int:
        """Width of the one layer between so many inputs and outputs."""
        return outputs if self.widths == "equal" else max(inputs // 2, 1)

    @property
    def classifies(self) -> bool:
        """Whether the network has one output for each level of the rating scale."""
        return self.loss in ("cross-entropy", "softmax-twice")

    @property
    def has_offsets(self) -> bool:
        """Whether items have offsets: with ids, where the output is a rating and not classes."""
        return self.item_id and not self.classifies

    @property
    def one_by_one(self) -> bool:
        """Whether users must be trained one after the other: each starts where the last ended,
        or Adam's steps would count the padding of shorter batch-mates."""
        minibatches = self.local_optimizer == "adam" and self.local_batch is not None
        return self.restore == "weights" or minibatches

    @property
    def depends_on_order(self) -> bool:
        """Whether test users change what later test users get."""
        return self.restore == "weights" or self.profile_at_test == "write"

    @model_validator(mode="after")
    def _legal(self) -> Self:
        for wrong, reason in (
            (
                self.readout == "median" and not self.classifies,
                f"readout 'median' needs classes, but loss {self.loss!r} is a regression: "
                "take loss 'cross-entropy' or readout 'expectation'",
            ),
            (
                self.attention == "random-layer" and not self.profile_memory,
                "attention 'random-layer' reads the profile memory, which is off",
            ),
            (
                self.profile_at_test == "write" and not self.profile_memory,
                "profile_at_test 'write' writes the profile memory, which is off",
            ),
            (
                self.slots_start == "aliased" and not self.gradient_memory,
                "slots_start 'aliased' concerns the gradient memory, which is off",
            ),
            (
                self.local_shrink > 0 and self.local_optimizer == "adam",
                "local_shrink makes a step smaller, which Adam undoes: take local_optimizer 'sgd', "
                "or leave it at 0",
            ),
            (
                self.task_write == "convex" and not self.task_memory,
                "task_write 'convex' concerns the task memory, which is off",
            ),
        ):
            if wrong:
                raise ValueError(reason)
        return self
