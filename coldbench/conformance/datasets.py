"""What every data set plugin, ours or not, must do. Each check raises AssertionError."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from coldbench.data import (
    CONTRACT,
    Dataset,
    Field,
    Ratings,
    correlation,
    read_entry,
    write_entry,
)
from coldbench.errors import UsageError
from coldbench.rng import Seeds
from coldbench.tasks import PROTOCOLS, Protocol

__all__ = ["CHECKS", "GATES", "Problem"]

TOO_ALIKE = 0.999  # correlation of a content field with the mean rating


@dataclass(frozen=True)
class Problem:
    """A data set at its default options, loaded once."""

    name: str
    plugin: Any

    def dataset(self) -> Dataset:
        made: Dataset = self.plugin(self.plugin.Config())
        return made

    @cached_property
    def ratings(self) -> Ratings:
        return self.dataset().load()


def dataset_declares_itself(problem: Problem) -> None:
    """The class derives from Dataset and declares summary, licence, source and contract."""
    plugin = problem.plugin
    assert isinstance(plugin, type), f"{plugin!r} is not a class"
    assert issubclass(plugin, Dataset), f"{plugin!r} does not derive from Dataset"
    blank = [name for name in ("summary", "licence", "source") if not getattr(plugin, name)]
    assert not blank, f"empty: {', '.join(blank)}"
    assert plugin.contract == CONTRACT, f"contract {plugin.contract}, coldbench has {CONTRACT}"


def options_have_defaults(problem: Problem) -> None:
    """`Config()` works without arguments, and survives JSON."""
    fields = problem.plugin.Config.model_fields.items()
    missing = [name for name, field in fields if field.is_required()]
    assert not missing, f"without a default: {', '.join(missing)}"
    config = problem.plugin.Config()
    again = type(config).model_validate_json(config.model_dump_json())
    assert again == config, "the options do not survive JSON"


def key_is_stable(problem: Problem) -> None:
    """`key()` gives the same 64 hexadecimal digits each time."""
    first, second = problem.dataset().key(), problem.dataset().key()
    assert re.fullmatch("[0-9a-f]{64}", first), f"the key is {first!r}"
    assert first == second, "two objects with the same options have different keys"


def ratings_are_well_formed(problem: Problem) -> None:
    """Dense int32 indices, float32 values, unique ids, content of the right length."""
    ratings: object = problem.ratings
    assert isinstance(ratings, Ratings), f"load returned {type(ratings).__name__}, not Ratings"
    catalogue = ratings.catalogue
    for side, index, n in (
        ("user", ratings.user, catalogue.n_users),
        ("item", ratings.item, catalogue.n_items),
    ):
        assert index.dtype == np.int32, f"{side} indices are {index.dtype}, not int32"
        assert index.min() >= 0, f"a {side} index is negative"
        assert index.max() < n, f"{side} index {index.max()} of {n}"
        ids = getattr(ratings, f"{side}_id")
        assert len(ids) == n == len(np.unique(ids)), f"{side} ids repeat, or are not {n}"
        for field in getattr(catalogue, f"{side}_fields"):
            _field(side, field, n)
    assert ratings.value.dtype == np.float32, f"values are {ratings.value.dtype}, not float32"


def _field(side: str, field: Field, n: int) -> None:
    where = f"{side} field {field.name!r}"
    assert len(field.values) == n, f"{where} has {len(field.values)} rows, not {n}"
    if field.kind != "number":
        assert field.values.min(initial=0) >= 0, f"{where}: a negative category"
        assert field.values.max(initial=0) < field.size, f"{where}: a category beyond its size"


def values_lie_on_the_scale(problem: Problem) -> None:
    """Every rating is `low` plus a whole number of steps of the scale."""
    low, high, step = problem.ratings.scale
    assert low < high, f"the scale is {low:g}..{high:g}"
    if step > 0:
        steps = (np.asarray(problem.ratings.value, np.float64) - low) / step
        off = np.abs(steps - np.rint(steps)).max()
        assert off < 1e-3, f"a rating lies {off:.2g} steps off the scale"


def loading_repeats(problem: Problem) -> None:
    """Loading twice gives the same ratings, bit for bit."""
    again = problem.dataset().load()
    assert again.sha256 == problem.ratings.sha256, "two loads have different fingerprints"


def survives_the_cache(problem: Problem) -> None:
    """Prepared data read back from disk have the same fingerprint."""
    with tempfile.TemporaryDirectory() as folder:
        write_entry(Path(folder), problem.ratings)
        read_entry(Path(folder), verify=True)


def content_is_no_rating_statistic(problem: Problem) -> None:
    """No numeric field repeats the mean rating, or the number of ratings, of its users or items."""
    ratings, catalogue = problem.ratings, problem.ratings.catalogue
    for side, index in (("user", ratings.user), ("item", ratings.item)):
        n = len(getattr(ratings, f"{side}_id"))
        count = np.bincount(index, minlength=n)
        mean = np.bincount(index, ratings.value, n) / np.maximum(count, 1)
        for field in getattr(catalogue, f"{side}_fields"):
            if field.kind != "number":
                continue
            for what, statistic in (("mean rating", mean), ("number of ratings", count)):
                likeness = abs(correlation(field.values, statistic, count > 0))
                assert likeness < TOO_ALIKE, f"{side} field {field.name!r} is the {what}"


def a_protocol_finds_tasks(problem: Problem) -> None:
    """At least one protocol, at its defaults, finds training and test tasks in the data."""
    found = any(_finds_tasks(protocol(), problem.ratings) for protocol in PROTOCOLS.values())
    assert found, f"none of {', '.join(PROTOCOLS)} finds tasks"


def _finds_tasks(protocol: Protocol, ratings: Ratings) -> bool:
    try:
        split = protocol.split(ratings, Seeds.joint(0))
    except UsageError:  # it needs what these data lack
        return False
    return len(split.test) > 0 and len(split.train.rows) > 0


CHECKS: dict[str, Callable[[Problem], None]] = {
    check.__name__: check
    for check in (
        dataset_declares_itself,
        options_have_defaults,
        key_is_stable,
        ratings_are_well_formed,
        values_lie_on_the_scale,
        loading_repeats,
        survives_the_cache,
        content_is_no_rating_statistic,
        a_protocol_finds_tasks,
    )
}

GATES = (dataset_declares_itself, options_have_defaults, key_is_stable, ratings_are_well_formed)
