"""Degenerate data and diverging learners: a defined result or a named error, never a silent NaN."""

import math

import numpy as np
import pandas as pd
import pytest

from coldbench.data import from_frames, keep
from coldbench.data.ratings import Ratings
from coldbench.rng import Seeds
from coldbench.running.records import Job, RunRecord
from coldbench.running.run import run_job
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from coldbench.tasks.protocols import PROTOCOLS

LEARNERS = ("bias", "global-mean", "support-median", "ridge")


def frame(users: int, items: int, constant: bool = False) -> pd.DataFrame:
    pairs = [(u, i) for u in range(users) for i in range(items)]
    value = [3.0 if constant else 1.0 + (7 * u + 3 * i) % 5 for u, i in pairs]
    told = {"user": [str(u) for u, _ in pairs], "item": [str(i) for _, i in pairs]}
    return pd.DataFrame({**told, "rating": value, "timestamp": [1000 + i for _, i in pairs]})


WORLDS = {
    "one user": (frame(1, 30), {}),
    "one item": (frame(30, 1), {}),
    "one rating": (frame(1, 1), {}),
    "constant ratings": (frame(40, 40, constant=True), {}),
    "one support rating": (frame(40, 22), {"min_ratings": 2, "query": 1}),
    "no cold user": (frame(40, 40), {"warm_users": 1.0}),
    "nobody has enough": (frame(40, 5), {}),
}


def record_of(ratings: Ratings, protocol: str, options: dict[str, object], name: str) -> RunRecord:
    """The record of one run on given ratings, which stay in the cache for it."""
    config = plan(StudyConfig(models=(name,), seeds=1))[1][0].config
    job = Job(
        dataset=ratings.name, dataset_sha256=ratings.sha256, protocol=protocol,
        protocol_options=PROTOCOLS[protocol](**options).model_dump(mode="json"),
        learner=name, base=name, config=config, seeds=Seeds.joint(0), shots=(0, 1),
    )  # fmt: skip
    return run_job(job).record


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("protocol", ["separate", "all", "mixed", "temporal"])
@pytest.mark.parametrize("world", list(WORLDS))
def test_degenerate_data(world: str, protocol: str) -> None:
    table, options = WORLDS[world]
    ratings = keep(from_frames(table, name="tiny"))
    for name in LEARNERS:
        record = record_of(
            ratings, protocol, options if protocol in ("separate", "all") else {}, name
        )
        if record.status == "finished":
            assert all(math.isfinite(row.value) for row in record.scores), record.scores
            assert all(row.n > 0 for row in record.scores)
        else:
            assert record.reason, record
            declined = record.reason.startswith("UsageError: protocol 'temporal': all ratings of")
            assert declined or "Error: " not in record.reason, f"{name}: {record.traceback}"


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("name", "rate"), [("melu", "inner_rate"), ("mamo", "rho")])
def test_an_absurd_inner_rate_is_recorded(config: StudyConfig, name: str, rate: str) -> None:
    wild = {"models": (name,), "seeds": 1, "options": {name: {rate: 1e3, "epochs": 2}}}
    record = run_job(plan(config.model_copy(update=wild))[1][0]).record
    assert record.status in ("diverged", "finished")
    if record.status == "diverged":
        assert "epoch" in record.reason or "not finite" in record.reason
    assert all(math.isfinite(row.value) for row in record.scores)


def test_ties_in_time_have_a_defined_order() -> None:
    table = frame(40, 40)
    table["timestamp"] = 1000
    once, again = (
        PROTOCOLS["mixed"]().split(from_frames(table, name="tiny"), Seeds.joint(0))
        for _ in range(2)
    )
    assert once.episode_sha256 == again.episode_sha256
    first = np.asarray(once.test.support.rows)
    assert first.size == 0 or (np.diff(first[: once.test.support.ptr[1]]) != 0).all()
