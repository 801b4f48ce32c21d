"""A learner's state as tensors and plain JSON values, and back: no pickle, no class by name.

Storing walks over `Learner.state()`. Loading walks over the state of a learner that is newly built
from its configuration, and fills in what was stored: every object is one that the new learner has,
so that a file can name no class and call nothing.

    JSON value                          stands for
    null, true, 3, "text", 0.1          itself; {"float": "nan"} where JSON has no number
    {"tensor": path}, {"array": path}   a tensor under that path
    {"list": []}, {"tuple": []}, {"dict": [[key, value]]}
    {"parts": {name: value}, "of": type}   attributes of an object that the new learner has, too
    {"same": 7}                         what stood at the seventh of all places with braces, from 0
    {"given": type}                     a domain or configuration, which a new learner has itself
    {"left": type}                      an optimiser, which a learner that only predicts needs not
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from coldbench.data import Catalogue
from coldbench.errors import Declined, StoreError, shorten
from coldbench.learning.learner import Domain, Learner, LearnerConfig

__all__ = ["State", "fill", "state_of"]

GIVEN = Domain, Catalogue, LearnerConfig
LEFT = torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler
OWN = frozenset(vars(nn.Module()))  # what torch keeps in every module
HINT = "the learner may define `state` and `restore` (coldbench.Learner) to be stored without it"


@dataclass(frozen=True, eq=False)
class State:
    """tensors by path, on the CPU; tree: plain JSON values that say what stands where."""

    tensors: Mapping[str, torch.Tensor]
    tree: Any


def state_of(learner: Learner) -> State:
    """What predicting needs of a trained learner; raises Declined naming what cannot be stored."""
    walk = _Storing(learner.domain.device)
    return State(walk.tensors, walk.node(learner, ""))


def fill(learner: Learner, state: State) -> None:
    """Makes a newly built learner the stored one; raises Declined where the two do not fit, and
    StoreError for a state that `state_of` does not give."""
    try:
        _Filling(learner.domain.device, state.tensors).node(state.tree, learner, "")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        text = shorten(f"{type(error).__name__}: {error}", 200)
        raise StoreError(f"the stored state of {type(learner).__name__} is damaged: {text}") from (
            error
        )


class _Storing:
    """Values to nodes; `seen`: the number of each object, which is kept while its id counts."""

    def __init__(self, device: str) -> None:
        self.device, self.tensors = torch.device(device).type, dict[str, torch.Tensor]()
        self.seen: dict[int, tuple[int, object]] = {}

    def node(self, value: Any, path: str) -> Any:
        if value is None or type(value) in (bool, int, str):
            return value
        if type(value) is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if id(value) in self.seen:
            return {"same": self.seen[id(value)][0]}
        self.seen[id(value)] = len(self.seen), value
        if isinstance(value, GIVEN):
            return {"given": _name(value)}
        if isinstance(value, LEFT):
            return {"left": _name(value)}
        if isinstance(value, torch.Tensor):
            return self._tensor(value, path)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value, path)
        return self._container(value, path)

    def _tensor(self, value: torch.Tensor, path: str) -> Any:
        if value.layout != torch.strided or value.is_quantized or value.is_meta:
            raise _cannot(path, value)
        name = self._keep(value.detach().cpu().contiguous().clone(), path)
        host = self.device != "cpu" and value.device.type == "cpu"
        return {"tensor": name, "host": True} if host else {"tensor": name}

    def _array(self, value: Any, path: str) -> Any:
        try:
            name = self._keep(torch.from_numpy(np.array(value)), path)
        except TypeError:
            raise _cannot(path, value, f"an array of {value.dtype}") from None
        scalar = isinstance(value, np.generic)
        return {"array": name, "scalar": True} if scalar else {"array": name}

    def _keep(self, value: torch.Tensor, path: str) -> str:
        name = f"{path}#{len(self.tensors)}" if path in self.tensors else path
        self.tensors[name] = value
        return name

    def _container(self, value: Any, path: str) -> Any:
        if type(value) in (list, tuple):
            kind = type(value).__name__
            return {kind: [self.node(one, _at(path, n)) for n, one in enumerate(value)]}
        if isinstance(value, dict):
            return self._dict(value, path)
        parts = _parts(value)
        if parts is None:
            raise _cannot(path, value)
        nodes = {name: self.node(one, _at(path, name)) for name, one in parts.items()}
        return {"parts": nodes, "of": _name(value)}

    def _dict(self, value: dict[Any, Any], path: str) -> Any:
        for key in value:
            if type(key) not in (bool, int, float, str):
                raise _cannot(path, key, f"a key of type {type(key).__name__}")
        return {"dict": [[key, self.node(one, _at(path, key))] for key, one in value.items()]}


class _Filling:
    """Nodes to values, with the objects of a new learner; `done`: what was made of each node."""

    def __init__(self, device: str, tensors: Mapping[str, torch.Tensor]) -> None:
        self.device, self.tensors = device, tensors
        self.done: list[Any] = []
        self.used: dict[int, tuple[str, object]] = {}

    def node(self, node: Any, new: Any, path: str) -> Any:
        if not isinstance(node, dict):
            return node
        if "float" in node:
            return float(node["float"])
        if "same" in node:
            return self.done[node["same"]]
        number = len(self.done)
        self.done.append(new)  # for objects within it that lead back to it
        self.done[number] = value = self._value(node, new, path)
        return value

    def _value(self, node: dict[str, Any], new: Any, path: str) -> Any:
        if "left" in node:
            return new
        if "given" in node:
            return self._given(node["given"], new, path)
        if "tensor" in node:
            return self._tensor(node, new)
        if "array" in node:
            array = self.tensors[node["array"]].numpy().copy()
            return array[()] if node.get("scalar") else array
        if "dict" in node:
            known = new if isinstance(new, dict) else {}
            pairs = ((key, one, known.get(key)) for key, one in node["dict"])
            return {key: self.node(one, was, _at(path, key)) for key, one, was in pairs}
        if "parts" in node:
            return self._object(node, new, path)
        (kind,) = node
        old = list(new) if isinstance(new, list | tuple) else []
        old += [None] * (len(node[kind]) - len(old))
        values = [self.node(one, old[n], _at(path, n)) for n, one in enumerate(node[kind])]
        return {"list": list, "tuple": tuple}[kind](values)

    def _given(self, name: str, new: Any, path: str) -> Any:
        if _name(new) != name:
            raise _unlike(path, name, new)
        return new

    def _tensor(self, node: dict[str, Any], new: Any) -> torch.Tensor:
        # a copy, in memory that is aligned as torch does it: sums depend on that in the last bit
        stored = self.tensors[node["tensor"]]
        value = stored.clone().to("cpu" if node.get("host") else self.device)
        if isinstance(new, nn.Parameter):
            return nn.Parameter(value, requires_grad=new.requires_grad)
        trained = isinstance(new, torch.Tensor) and new.requires_grad
        return value.requires_grad_() if trained else value

    def _object(self, node: dict[str, Any], new: Any, path: str) -> Any:
        if new is None or _name(new) != node["of"]:
            raise _unlike(path, node["of"], new)
        if id(new) in self.used:
            first = self.used[id(new)][0] or "the learner"
            told = f"{first} and {path} are one object in a new learner and two in a trained one"
            raise Declined(f"{told}: {HINT}")
        self.used[id(new)] = path, new
        old = _parts(new) or {}
        parts = {
            name: self.node(one, old.get(name), _at(path, name))
            for name, one in node["parts"].items()
        }
        return _with(new, parts, path)


def _parts(value: Any) -> Mapping[str, Any] | None:
    """The attributes by which an object is stored; None for one that has none that say all."""
    if isinstance(value, Learner):
        return type(value).state(value)
    if isinstance(value, nn.Module):
        inner = value._parameters, value._buffers, value._modules
        own = {name: one for name, one in vars(value).items() if name not in OWN}
        return {"training": value.training, **own, **inner[0], **inner[1], **inner[2]}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        named: Mapping[str, Any] = value._asdict()
        return named
    if callable(value) or isinstance(value, type) or not hasattr(value, "__dict__"):
        return None
    if type(value).__module__ == "builtins" or isinstance(value, tuple | list | set | frozenset):
        return None
    attributes: Mapping[str, Any] = vars(value)
    return attributes


def _with(new: Any, parts: dict[str, Any], path: str) -> Any:
    """The object with its attributes filled in: in place, unless it is a tuple."""
    if isinstance(new, Learner):
        type(new).restore(new, parts)
    elif isinstance(new, nn.Module):
        for name, value in parts.items():
            _set(new, name, value, path)
    elif isinstance(new, tuple):
        return type(new)(**parts)
    else:
        vars(new).update(parts)
    return new


def _set(module: nn.Module, name: str, value: Any, path: str) -> None:
    registers: tuple[dict[str, Any], ...] = (module._parameters, module._buffers, module._modules)
    for register in registers:
        if name in register:
            register[name] = value
            return
    if isinstance(value, nn.Module | nn.Parameter) or name in OWN - {"training"}:
        raise _unlike(_at(path, name), _name(value), None)
    vars(module)[name] = value


def _cannot(path: str, value: Any, what: str = "") -> Declined:
    what = what or f"a {_name(value)}"
    return Declined(f"{path or 'the learner'} is {what}, which cannot be stored: {HINT}")


def _unlike(path: str, stored: str, new: Any) -> Declined:
    return Declined(
        f"{path or 'the learner'} is a {stored} in a trained learner and a {_name(new)} in a new "
        f"one: {HINT}"
    )


def _name(value: Any) -> str:
    return "None" if value is None else f"{type(value).__module__}.{type(value).__qualname__}"


def _at(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)
