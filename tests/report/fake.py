"""Studies with invented numbers, written as real records through `Study.save`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from coldbench.rng import Seeds
from coldbench.running.records import Job, Outcome, RunRecord
from coldbench.scoring.rows import ScoreRow
from coldbench.study.ablation import Departure
from coldbench.study.store import Study
from coldbench.tasks.splits import SCENARIOS
from tests.studies import prepared

BASE = {"W-W": 0.735, "W-C": 0.880, "C-W": 0.740, "C-C": 0.885}
CONFIG = {"epochs": 12, "patience": 4, "rate": 0.002}
METRICS = {
    "mae": 1.0,
    "mae_user": 1.01,
    "ndcg@1": 0.9,
    "ndcg@3": 0.92,
    "ndcg@5": 0.95,
    "rmse": 1.27,
}


VARIED = {"entropy": 0.8, "sd": 0.4, "relative_sd": 0.1, "top_share": 0.02}
FLAT = {"entropy": 0.0, "sd": 0.0, "relative_sd": 0.0, "top_share": 1.0}


def departure(base: str, *factors: str, left_out: str = "") -> Departure:
    """A departure from `learner:side`."""
    label = "~".join((base, *factors))
    side = base.partition(":")[2]
    return Departure(label=label, base=base, side=side, factors=factors, left_out=left_out)


def fake_study(
    path: Path,
    learners: Sequence[str] = ("mamo", "melu", "bias"),
    seeds: Sequence[Seeds] | int = 5,
    scenarios: Sequence[str] = SCENARIOS,
    shots: Sequence[int] = (),
    status: Mapping[tuple[str, int], str] | None = None,
    absent: Sequence[tuple[str, int]] = (),
    dataset: str = "ml-1m",
    oracle: bool = True,
    reason: str = "loss is nan in epoch 3",
    odd_episodes: str = "",
    departures: Sequence[Departure] = (),
    constant: Sequence[tuple[str, int]] = (),
    against: Sequence[str] = (),
    levels: Mapping[tuple[str, int], float] | None = None,
    gap: Callable[[Job, Mapping[str, Any]], str | None] = lambda job, line: None,
    data: str = "ab",
    version: int = 1,
    part: int | None = None,
) -> Study:
    """odd_episodes: a learner with episodes of its own; status: other than finished, by learner
    and place of the seed; absent: planned, not run; constant: runs that predict one value; levels:
    how far a run lies above BASE, by learner and place of the seed; gap: why a line of scores has
    no value (None: it has one; "": it is not said); data: two digits that tell data sets apart;
    part: how many users were drawn."""
    vectors = [Seeds.joint(s) for s in range(seeds)] if isinstance(seeds, int) else list(seeds)
    common: dict[str, Any] = {
        "dataset": dataset,
        "dataset_sha256": data * 32,
        "protocol": "separate",
        "protocol_options": {"version": version, "query": 10},
        "scenarios": tuple(scenarios),
        "shots": tuple(shots),
    }
    jobs = [
        Job(learner=name, base=name, config=CONFIG, seeds=v, **common)
        for v in vectors
        for name in learners
    ]
    options = {"users": part} if part else None
    study = prepared(path, jobs, options, departures=tuple(departures), against=tuple(against))
    for place, job in enumerate(jobs):
        key = (job.learner, place // len(learners))
        if key not in absent:
            told = (status or {}).get(key, "finished")
            place_of, level = learners.index(job.learner), (levels or {}).get(key)
            record = _record(job, told, place_of, oracle, reason, level)
            scores = [_without(row, gap(job, row.model_dump())) for row in record.scores]
            record = record.model_copy(update={"scores": scores})
            if job.learner == odd_episodes:
                record = record.model_copy(update={"episode_sha256": "f" * 64})
            if told == "finished":
                shape = FLAT if key in constant else VARIED
                record = record.model_copy(update={"concentration": shape})
            study.save(Outcome(record))
    return study


def _without(row: ScoreRow, reason: str | None) -> ScoreRow:
    if reason is None:
        return row
    return row.model_copy(update={"value": None, "reason": reason})


def _record(
    job: Job, status: str, place: int, oracle: bool, reason: str, given: float | None
) -> RunRecord:
    rng = np.random.default_rng([*job.seeds.written, place])
    shared = np.random.default_rng([job.seeds.split, job.seeds.episode]).normal(0, 0.004)
    facts = {
        "job_hash": job.hash,
        "job": job,
        "status": status,
        "provenance": {
            "revision": "0123456789abcdef0123456789abcdef01234567",
            "dirty": False,
            "python": "3.12.1",
            "platform": "Linux x86_64",
            "libraries": {"numpy": "2.1.0", "torch": "2.13.0"},
        },
    }
    if status != "finished":
        return RunRecord(**facts, reason=reason)
    level = shared + 0.002 * place + float(rng.normal(0, 0.002)) if given is None else given
    closed = job.learner in ("bias", "ridge", "global-mean")
    return RunRecord(
        **facts,
        split_sha256=f"{job.seeds.split:064x}",
        episode_sha256=f"{job.seeds.split:032x}{job.seeds.episode:032x}",
        epochs=1 if closed else 9,
        n_parameters=1000 * (place + 1) ** 2,
        scores=_scores(job, level, shared if oracle else None, rng),
        curve=[] if closed else _curve(job, level, rng),
        seconds={"fit": 2.0 + 9 * place + rng.random(), "predict": 0.4, "total": 3.0 + 9 * place},
        peak_bytes=400_000_000 + 50_000_000 * place,
    )


def _scores(job: Job, level: float, shared: float | None, rng: Any) -> list[dict[str, Any]]:
    lines = []
    noise = {scenario: float(rng.normal(0, 0.002)) for scenario in job.scenarios}
    for shots in (-1, *job.shots):
        gap = 0.0 if shots < 0 else 0.12 / (1 + shots)
        for scenario in job.scenarios:
            for metric, factor in METRICS.items():
                value = (BASE[scenario] + level + noise[scenario] + gap) * factor
                best = None if shared is None else (BASE[scenario] - 0.03 + shared) * factor
                line = {"scenario": scenario, "shots": shots, "metric": metric}
                lines.append({**line, "value": value, "n": 1234, "best": best})
    return lines


def _curve(job: Job, level: float, rng: np.random.Generator) -> list[dict[str, float]]:
    entries = []
    for epoch in range(int(rng.integers(9, 13))):
        fall = 0.25 * float(np.exp(-epoch / 2.5)) + float(rng.normal(0, 0.002))
        maes = {f"validation_{s}": BASE[s] + level + fall for s in job.scenarios}
        mae = float(np.mean(list(maes.values())))
        entries.append(
            {
                "epoch": epoch,
                "validation_mae": mae,
                **maes,
                "loss": mae / 2,
                "prediction_entropy": 0.8 - fall,
                "seconds": 1,
            }
        )
    return entries
