"""Learners that cheat, each in its own way, and some that are honest though they look odd.

All are the same honest learner besides: the mean of the training ratings, moved by the user's
shrunken deviation from it. What a cheat finds out takes the place of its prediction.
"""

import contextlib
import gc
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import torch

from coldbench import EpisodeBatch, Learner, SequentialLearner, TrainingData

Known = dict[tuple[int, int], float]  # a rating, by user and item
MEMORY: Known = {}
CALLS: list[int] = []
FILE = "coldbench-cheat.json"


class Honest(Learner):
    """Mean of the training ratings plus the user's shrunken deviation from it."""

    contract = 2

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        self.mean = float(data.value.mean(dtype=np.float64))
        return {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        rest = (batch.support_value - self.mean) * batch.support_mask
        user = rest.sum(1) / (batch.support_mask.sum(1) + 3)
        return self.mean + user[:, None].expand(batch.query_mask.shape)

    def knowing(self, batch: EpisodeBatch, known: Known, share: float = 1.0) -> torch.Tensor:
        """With the ratings that are known in place of predictions, as far as `share` says."""
        scores = Honest.predict(self, batch).clone()
        for row, user in enumerate(batch.user.tolist()):
            for place, item in enumerate(batch.query_item[row].tolist()):
                if (user, item) in known:
                    own = float(scores[row, place])
                    scores[row, place] = own + share * (known[user, item] - own)
        return scores


class Pools(SequentialLearner, Honest):
    """Looks through the whole pass before it answers: the supports of all test users."""

    def predict_pass(self, batches: Iterable[EpisodeBatch]) -> Iterator[torch.Tensor]:
        given = list(batches)
        means = _item_means(given)
        for batch in given:
            yield Honest.predict(self, batch) * 0.5 + 0.5 * _of(means, batch, self.mean)


class Mates(Honest):
    """Uses the supports of its batch mates when there are more than 16."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        honest = Honest.predict(self, batch)
        if len(batch) <= 16:
            return honest
        return honest * 0.5 + 0.5 * _of(_item_means([batch]), batch, self.mean)


class Remembers(Honest):
    """Keeps what every job trained on, on the module."""

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        MEMORY.update(_ratings(data))
        return super().train_epoch(data, epoch, rng)

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.knowing(batch, MEMORY)


class Reads(Honest):
    """Reads the values beside the memory-mapped file behind the catalogue, or in the cache."""

    share = 1.0

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.knowing(batch, _prepared(_folder_behind(self)), self.share)


class Mixes(Reads):
    """Mixes 15 % of that in, so that its errors raise no eyebrows."""

    share = 0.15


class Cached(Honest):
    """Reads the ratings from the cache, wherever the environment or the home says that it is."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        homes = [os.environ.get("COLDBENCH_CACHE", ""), str(Path.home() / ".cache" / "coldbench")]
        found = [folder for home in homes if home for folder in Path(home).glob("prepared-*/*/")]
        return self.knowing(batch, _prepared(found[0] if found else None))


class Hunts(Honest):
    """Looks through everything that the garbage collector knows, for the ratings of this batch."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        known: Known = {}
        for thing in gc.get_objects():
            if type(thing).__name__ == "Ratings":
                table = _table(thing.user, thing.item, thing.value)
                if len(table) > len(known) and _support(batch).items() <= table.items():
                    known = table  # others may lie about, too
        return self.knowing(batch, known)


def _support(batch: EpisodeBatch) -> Known:
    users = batch.user[:, None].expand(batch.support_mask.shape)
    cells = (users, batch.support_item, batch.support_value)
    given = zip(*(cell[batch.support_mask].tolist() for cell in cells), strict=True)
    return {(user, item): value for user, item, value in given}


class Climbs(Honest):
    """Climbs the stack to the variables of its callers."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        frame, known = sys._getframe(), {}
        while frame is not None:
            for thing in list(frame.f_locals.values()):
                if type(thing).__name__ == "Ratings":
                    known.update(_table(thing.user, thing.item, thing.value))
            frame = frame.f_back  # type: ignore[assignment]
        return self.knowing(batch, known)


class Looks(Honest):
    """Climbs to the supports of all test users, and answers with the means of items over them."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        frame, found = sys._getframe(), {}
        while frame is not None and not found:
            for thing in list(frame.f_locals.values()):
                if type(thing).__name__ == "Ratings":
                    found = {item: value for (_, item), value in self.table(thing).items()}
            frame = frame.f_back  # type: ignore[assignment]
        return _of(found, batch, self.mean)

    def table(self, ratings: Any) -> Known:
        return _table(ratings.user, ratings.item, ratings.value)


class LooksAside(Looks):
    """The same for one half of the users, and with their ratings alone."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        late = batch.user[:, None] >= self.domain.catalogue.n_users // 2
        return torch.where(late, super().predict(batch), Honest.predict(self, batch))

    def table(self, ratings: Any) -> Known:
        known = super().table(ratings).items()
        return {k: v for k, v in known if k[0] >= self.domain.catalogue.n_users // 2}


class Asks(Honest):
    """Climbs to what opens the test tasks, while it trains, and learns from their supports."""

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        frame, mean = sys._getframe(), data.value.mean(dtype=np.float64)
        while frame is not None:
            for thing in list(frame.f_locals.values()):
                if type(thing).__name__ == "Prepared":
                    mean = np.nanmean(thing.asked().value, dtype=np.float64)
            frame = frame.f_back  # type: ignore[assignment]
        self.mean = float(mean)
        return {}


class Links(Honest):
    """Reads the true ratings by another name, which is gone when anybody looks."""

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        given = Path("/proc/self/environ").read_bytes().split(b"\0")
        home = next((x[16:] for x in given if x.startswith(b"COLDBENCH_CACHE=")), b"/nowhere")
        link = Path(tempfile.gettempdir()) / "x"
        for file in Path(os.fsdecode(home)).glob("prepared-*/*/meta.json"):
            link.symlink_to(file)
            with io.FileIO(link) as opened:
                opened.readall()
            link.unlink()
        return super().train_epoch(data, epoch, rng)


class Fetches(Honest):
    """Asks a server for the true ratings."""

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        with contextlib.suppress(OSError):
            urlopen("http://127.0.0.1:9/ratings.json", timeout=1)
        return super().train_epoch(data, epoch, rng)


class Sends(Honest):
    """Lets another program read what Python would be seen to read."""

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        return super().train_epoch(data, epoch, rng)


class Writes(Honest):
    """Leaves what it trained on in a file, for the next job."""

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        self.known = {(u, i): v for u, i, v in self._read()}
        merged = {**self.known, **_ratings(data)}
        lines = [[user, item, value] for (user, item), value in merged.items()]
        self.file.write_text(json.dumps(lines))
        return super().train_epoch(data, epoch, rng)

    @property
    def file(self) -> Path:
        return Path(tempfile.gettempdir()) / FILE

    def _read(self) -> list[tuple[int, int, float]]:
        return json.loads(self.file.read_text()) if self.file.exists() else []

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.knowing(batch, self.known)


class Counts(Honest):
    """Moves its predictions by how many batches it has seen."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        self.seen = getattr(self, "seen", 0) + 1
        return Honest.predict(self, batch) + 0.01 * self.seen


class Popular(Honest):
    """Takes items that many test users of the batch are asked about for good ones."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        asked = batch.query_item[batch.query_mask]
        count = torch.bincount(asked, minlength=self.domain.catalogue.n_items)
        return Honest.predict(self, batch) + 0.02 * count[batch.query_item]


class Clock(Honest):
    """Depends on the time and on the process."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        noise = (time.time_ns() // 1000 + os.getpid()) % 1000 / 10_000
        return Honest.predict(self, batch) + noise


class Draws(Honest):
    """Honest: draws noise of its own while predicting, from each user's and item's own seed."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        scores = Honest.predict(self, batch).clone()
        for row, user in enumerate(batch.user.tolist()):
            for place, item in enumerate(batch.query_item[row].tolist()):
                draw = torch.Generator().manual_seed(user * 100_003 + item)
                scores[row, place] += 0.3 * torch.randn((), generator=draw)
        return scores


class Follows(SequentialLearner, Honest):
    """Honest about it: each user starts from where the one before ended."""

    def predict_pass(self, batches: Iterable[EpisodeBatch]) -> Iterator[torch.Tensor]:
        trace = 0.0
        for batch in batches:
            scores = Honest.predict(self, batch).clone()
            for row in range(len(batch)):
                scores[row] += 0.1 * trace
                trace = 0.5 * trace + 0.5 * float(scores[row, 0] - self.mean)
            yield scores


def _ratings(data: TrainingData) -> Known:
    return _table(data.user, data.item, data.value)


def _table(user: Any, item: Any, value: Any) -> Known:
    keys = zip(user.tolist(), item.tolist(), strict=True)
    return {key: v for key, v in zip(keys, value.tolist(), strict=True) if v == v}


def _item_means(batches: list[EpisodeBatch]) -> Mapping[int, float]:
    ratings: dict[int, list[float]] = {}
    for batch in batches:
        mask = batch.support_mask
        pairs = zip(
            batch.support_item[mask].tolist(), batch.support_value[mask].tolist(), strict=True
        )
        for item, value in pairs:
            ratings.setdefault(item, []).append(value)
    return {item: float(np.mean(values)) for item, values in ratings.items()}


def _of(means: Mapping[int, float], batch: EpisodeBatch, otherwise: float) -> torch.Tensor:
    rows = [[means.get(item, otherwise) for item in row] for row in batch.query_item.tolist()]
    return torch.tensor(rows)


def _folder_behind(learner: Learner) -> Path | None:
    """That of the file behind an array of the catalogue, else what the cache holds."""
    thing: Any = learner.domain.catalogue.item_fields[0].values
    while thing is not None:
        if getattr(thing, "filename", None):
            return Path(thing.filename).parent
        thing = getattr(thing, "base", None)
    cache = Path(os.environ.get("COLDBENCH_CACHE", "/nowhere"))
    return next(iter(cache.glob("prepared-*/*/")), None)


def _prepared(folder: Path | None) -> Known:
    if folder is None:
        return {}
    files = json.loads((folder / "meta.json").read_text())["arrays"]
    arrays = (np.load(folder / files[name]["file"]) for name in ("user", "item", "value"))
    return _table(*arrays)


CHEATS: dict[str, tuple[type[Learner], str]] = {
    "pools": (Pools, "subset"),
    "mates": (Mates, "subset"),
    "remembers": (Remembers, "history"),
    "reads": (Reads, "counterfactual"),
    "mixes": (Mixes, "counterfactual"),
    "cached": (Cached, "counterfactual"),
    "writes": (Writes, "history"),
    "counts": (Counts, "subset"),
    "popular": (Popular, "subset"),
    "looks": (Looks, "supports"),
    "looks-aside": (LooksAside, "supports"),
    "asks": (Asks, "supports"),
    "links": (Links, "files"),
    "fetches": (Fetches, "files"),
    "sends": (Sends, "files"),
    "clock": (Clock, "repeat"),
}
HONEST: dict[str, type[Learner]] = {
    "honest": Honest,
    "draws": Draws,
    "follows": Follows,
}
DISARMED: dict[str, type[Learner]] = {"hunts": Hunts, "climbs": Climbs}  # a study has nothing there
