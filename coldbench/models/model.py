"""A stored model, opened: it predicts for users, and items, that nobody has seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import torch

from coldbench.data import Array
from coldbench.errors import StoreError, UsageError
from coldbench.learning import Domain, Learner, fill, load_variant
from coldbench.models.asking import Asked, Labels, ask
from coldbench.models.catalogue import Known
from coldbench.models.scoring import blocks, scores
from coldbench.models.store import ModelFolder, ModelRecord
from coldbench.rng import generator, global_generators
from coldbench.running import code_has_changed, code_of, refuse_missing_device
from coldbench.statistics import prediction_limits

__all__ = ["Model", "open_model"]


@dataclass(frozen=True, eq=False)
class Model:
    """record: what it is; known: items and content of its training data; members: one learner for
    each seed; notes: what may be wrong with it."""

    record: ModelRecord
    known: Known
    members: Sequence[Learner]
    notes: tuple[str, ...] = ()

    def predict(
        self,
        support: pd.DataFrame | None,
        items: pd.DataFrame | Sequence[str] | None = None,
        users: pd.DataFrame | None = None,
        top: int | None = None,
    ) -> pd.DataFrame:
        """One line for each user and item: user, item, prediction; of several seeds, low and high.

        support: columns user, item, rating, or None; items: ids, or a table with a column item and,
        for items that training did not know, content (default: all items of the training data);
        users: a column user and content, also of users without support; top: only the so many
        items of highest prediction, of those that the user has not rated. Attribute `notes` of the
        frame's `attrs` says what was left out. low, high: 95 % of further seeds would predict
        something between them (`coldbench.statistics.prediction_limits`), which tells how much
        training scatters, and not how far the user's rating may be from the prediction.
        """
        asked = self.ask(support, items, users)
        tables = list(self.answers(asked, top))
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        frame.attrs["notes"] = asked.notes
        return frame

    def ask(
        self,
        support: pd.DataFrame | None,
        items: pd.DataFrame | Sequence[str] | None = None,
        users: pd.DataFrame | None = None,
        labels: Labels = Labels(),
    ) -> Asked:
        """What `predict` is asked; raises DataError for tables that cannot be used."""
        return ask(self.members, self.known, self.record.scale, support, items, users, labels)

    def answers(self, asked: Asked, top: int | None = None) -> Iterator[pa.Table]:
        """The lines of `predict`, some users at a time; at least one table."""
        query_id, user_id = pa.array(asked.query_id), pa.array(asked.user_id)
        for users in blocks(asked):
            columns = self._columns(asked, users)
            row, item = _chosen(columns["prediction"], asked, users, top)
            yield pa.table(
                {
                    "user": user_id.take(pa.array(users[row])),
                    "item": query_id.take(pa.array(item)),
                    **{name: column[row, item] for name, column in columns.items()},
                }
            )

    def _columns(self, asked: Asked, users: Array) -> dict[str, Array]:
        """prediction, low, high: float32 [b, Q], on the scale."""
        low, high, _ = self.record.scale
        members = np.stack([scores(one, asked, users).clip(low, high) for one in asked.learners])
        mean = members.mean(0, dtype=np.float64)
        named = {"prediction": mean}
        if len(members) > 1:
            limits = (limit.clip(low, high) for limit in prediction_limits(members))
            named |= dict(zip(("low", "high"), limits, strict=True))
        return {name: column.astype(np.float32) for name, column in named.items()}


def open_model(path: Path | str, device: str | None = None) -> Model:
    """The model in a folder that `coldbench train` made.

    device: that of its training by default; "cpu" for one that was trained elsewhere. Raises
    StoreError where there is none, where seeds are missing or files are damaged.
    """
    folder = ModelFolder(Path(path))
    record, known = folder.record(), None
    missing = [seed for seed in record.seeds if seed not in folder.stored()]
    if missing:
        raise StoreError(
            f"{folder.path} has {len(record.seeds) - len(missing)} of {len(record.seeds)} seeds: "
            "its training was interrupted, and the same `coldbench train` goes on"
        )
    if device not in (None, "cpu", record.device):
        raise UsageError(f"{folder.path} was trained on {record.device}: open it there or on cpu")
    refuse_missing_device(device or record.device)
    known = folder.known()
    domain = Domain(known.catalogue, record.scale, device or record.device)
    members = [_member(folder, record, domain, seed) for seed in record.seeds]
    changed = code_has_changed(record.code, code_of(record.base))
    told = f"the code of {record.base} has changed since the model was trained: train it again"
    return Model(record, known, members, (told,) if changed else ())


def _member(folder: ModelFolder, record: ModelRecord, domain: Domain, seed: int) -> Learner:
    variant = load_variant(record.base)
    config = variant.learner.Config.model_validate(record.config)
    with global_generators(seed):
        learner = variant.learner(config, domain, generator(seed, "init"))
    fill(learner, folder.seed(seed)[1])
    return learner


def _chosen(prediction: Array, asked: Asked, users: Array, top: int | None) -> tuple[Array, Array]:
    """Row and column of each line, in the order of the lines."""
    n, n_items = prediction.shape
    if top is None:
        return np.repeat(np.arange(n), n_items), np.tile(np.arange(n_items), n)
    ranked = torch.from_numpy(prediction.copy())
    lists = asked.support.select(users)
    place = np.full(int(max(asked.query.max(initial=0), asked.item.max(initial=0))) + 1, -1)
    place[asked.query] = np.arange(n_items)
    column = place[asked.item[lists.rows]]
    ranked[lists.owner[column >= 0], column[column >= 0]] = -torch.inf
    order = torch.argsort(ranked, dim=1, descending=True, stable=True)[:, :top]
    row = np.repeat(np.arange(n), order.shape[1])
    item = order.reshape(-1).numpy()
    kept = np.isfinite(ranked.numpy()[row, item])
    return row[kept], item[kept]
