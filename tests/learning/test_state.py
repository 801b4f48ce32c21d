"""A learner's state as tensors and plain values: what survives, and what is declined by name."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from coldbench.data.ratings import Ratings
from coldbench.errors import Declined, StoreError
from coldbench.learning.learner import Domain, Learner
from coldbench.learning.state import State, fill, state_of
from tests.toy import Toy, ToyConfig


class Pair(NamedTuple):
    left: torch.Tensor
    right: int


@dataclass(frozen=True)
class Frozen:
    level: float
    inner: Pair


class Holder:
    """An object of no special kind."""

    def __init__(self) -> None:
        self.table = np.zeros(3)


class Everything(Toy):
    """Holds one of everything that can be stored, and `change` says how training changes it."""

    def __init__(self, domain: Domain) -> None:
        super().__init__(ToyConfig(), domain, np.random.default_rng(0))
        self.pair = Pair(torch.zeros(2), 0)
        self.frozen = Frozen(0.0, Pair(torch.zeros(1), 1))
        self.holder = Holder()
        self.later: Any = None
        self.many: dict[Any, Any] = {}
        self.weight = torch.zeros(2, requires_grad=True)
        self.adam = torch.optim.Adam([self.weight])


@pytest.fixture
def new(ratings: Ratings) -> Callable[[], Everything]:
    domain = Domain(ratings.catalogue, ratings.scale)
    return lambda: Everything(domain)


def stored(trained: Learner, new: Learner) -> Learner:
    """The new learner, filled in with the state of the trained one as it comes from a file."""
    state = state_of(trained)
    fill(new, State(state.tensors, json.loads(json.dumps(state.tree))))
    return new


def test_everything_survives(new: Callable[[], Everything]) -> None:
    one = new()
    one.pair = Pair(torch.arange(5), 7)
    one.frozen = Frozen(0.1, Pair(torch.ones(4, dtype=torch.bool), -1))
    one.holder.table = np.arange(6.0).reshape(2, 3)
    one.later = [torch.tensor(2.5, dtype=torch.float64), (None, "é", float("inf"), True)]
    one.many = {"a.b": np.float32(0.5), 3: {"a": np.int64(4)}, "a": {"b": torch.ones(1)}}
    one.weight = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.no_grad():
        one.layer.weight.fill_(9)
    two: Any = stored(one, new())
    assert torch.equal(two.pair.left, one.pair.left)
    assert two.pair.right == 7
    assert two.frozen.level == 0.1
    assert two.frozen.inner.left.all()
    assert np.array_equal(two.holder.table, one.holder.table)
    assert two.later[0].dtype == torch.float64
    assert two.later[1] == (None, "é", float("inf"), True)
    assert two.many["a.b"] == np.float32(0.5)
    assert type(two.many["a.b"]) is np.float32
    assert two.many[3]["a"] == 4
    assert two.many["a"]["b"] == 1
    assert two.weight.requires_grad
    assert two.layer.weight.eq(9).all()
    assert type(two.adam) is torch.optim.Adam


def test_what_is_one_object_stays_one(new: Callable[[], Everything]) -> None:
    one = new()
    one.later, one.many = one.layer, {"also": one.weight}
    two = stored(one, new())
    assert two.later is two.layer  # type: ignore[attr-defined]
    assert two.many["also"] is two.weight  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("attribute", "value", "reason"),
    [
        ("later", np.random.default_rng(0), "later is a numpy.random._generator.Generator"),
        ("later", [1, {2: lambda x: x}], "later.1.2 is a builtins.function"),
        ("many", {(1, 2): 3}, "many is a key of type tuple"),
        ("later", np.array(["a"]), "later is an array of <U1"),
        ("later", torch.zeros(2).to_sparse(), "later is a torch.Tensor"),
        ("later", {1, 2}, "later is a builtins.set"),
        ("later", Holder(), "later is a .*Holder in a trained learner and a None in a new"),
        ("later", Pair(torch.zeros(1), 1), "later is a .*Pair in a trained learner and a None"),
    ],
)
def test_what_cannot_be_stored_is_named(
    attribute: str, value: object, reason: str, new: Callable[[], Everything]
) -> None:
    one = new()
    setattr(one, attribute, value)
    with pytest.raises(Declined, match=f"{reason}.*may define `state`"):
        stored(one, new())


def test_one_object_that_has_become_two_is_declined(new: Callable[[], Everything]) -> None:
    one, two = new(), new()
    one.later, two.later = torch.nn.Linear(2, 1), two.layer
    with pytest.raises(Declined, match="layer and later are one object in a new learner"):
        stored(one, two)


def test_an_attribute_called_state_is_no_method(new: Callable[[], Everything]) -> None:
    one = new()
    one.state = torch.ones(3)  # type: ignore[method-assign, assignment]
    assert torch.equal(stored(one, new()).state, torch.ones(3))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "tree",
    [
        {"parts": {"pair": {"tensor": "nowhere"}}, "of": "tests.learning.test_state.Everything"},
        {"parts": {"later": {"same": 99}}, "of": "tests.learning.test_state.Everything"},
        {"parts": {"later": {"set": [1]}}, "of": "tests.learning.test_state.Everything"},
        {"parts": 3, "of": "tests.learning.test_state.Everything"},
        {"a": 1, "b": 2},
    ],
)
def test_a_damaged_tree_is_told(tree: object, new: Callable[[], Everything]) -> None:
    with pytest.raises(StoreError, match="is damaged"):
        fill(new(), State({}, tree))


def test_a_file_names_no_class(new: Callable[[], Everything]) -> None:
    """A class that a new learner does not have is refused, whatever it is."""
    inner = {"later": {"parts": {}, "of": "subprocess.Popen"}}
    tree = {"parts": inner, "of": "tests.learning.test_state.Everything"}
    with pytest.raises(Declined, match=r"later is a subprocess\.Popen in a trained learner"):
        fill(new(), State({}, tree))
