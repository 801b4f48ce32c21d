"""python -m benchmarks.verdicts [--studies N]: how often the group decision errs, what it finds.

Simulated studies with the learners' means and spreads of a committed study: who is wrongly said to
be worse than the best, by the rule of reports and by the one before it (Holm over all pairs and
scenarios of paired t tests, against the lowest mean). Deterministic; prints Markdown.
"""

import argparse
from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import stats

from coldbench.report import build
from coldbench.statistics import best_set, holm_adjust, simultaneous
from coldbench.study import Study
from coldbench.tasks import SCENARIOS

Runs: TypeAlias = npt.NDArray[np.float64]
Stay: TypeAlias = npt.NDArray[np.bool_]

STUDY, SCENARIO = Path("results/tuned-ml-1m"), "W-C"
SEEDS = (3, 5, 10, 20)
NOISES = ("normal", "t3", "lognormal", "bimodal", "collapse")


def noise(kind: str, shape: tuple[int, ...], rng: np.random.Generator) -> Runs:
    """Mean 0 and variance 1; bimodal: one run in ten lies four standard deviations of the others
    higher; collapse: one in ten is off, and the others are all alike."""
    if kind == "t3":
        return np.asarray(rng.standard_t(3, shape)) / float(np.sqrt(3.0))
    if kind == "collapse":
        return np.asarray((rng.random(shape) < 0.1) - 0.1) / 0.3
    z = np.asarray(rng.standard_normal(shape))
    if kind == "bimodal":
        return np.asarray((z + 4.0 * (rng.random(shape) < 0.1) - 0.4) / np.sqrt(1.0 + 16.0 * 0.09))
    return z if kind == "normal" else (np.exp(z) - np.exp(0.5)) / float(np.sqrt(np.e**2 - np.e))


def now(runs: Runs, rng: np.random.Generator) -> Stay:
    """Who may be the best by the rule of reports."""
    pairs = list(combinations(range(len(runs)), 2))
    return best_set(simultaneous(runs, pairs, rng)).may_be_best


def before(runs: Runs, _: np.random.Generator) -> Stay:
    """Who was not told from the lowest mean by the rule before."""
    learners, seeds = runs.shape
    first, second = np.array(list(combinations(range(learners), 2))).T
    d = runs[first] - runs[second]
    gap, error = d.mean(axis=1), d.std(axis=1, ddof=1) / np.sqrt(seeds)
    t = np.where(error > 0.0, gap / np.where(error > 0.0, error, 1.0), np.where(gap, np.inf, 0.0))
    raw = 2.0 * stats.t.sf(np.abs(t), seeds - 1)
    shown = np.array(holm_adjust(raw, family=len(SCENARIOS) * len(raw)).adjusted) <= 0.05
    best = runs.mean(axis=1).argmin()
    stay = np.ones(learners, dtype=np.bool_)
    stay[np.where(first == best, second, first)[shown & ((first == best) | (second == best))]] = (
        False
    )
    return stay


def committed() -> tuple[Runs, Runs]:
    """Means, and standard deviations within seeds, of the learners of STUDY."""
    data = build(Study.open(STUDY))
    x = np.array([list(data.main[name, SCENARIO].values()) for name in data.learners])
    left = x - x.mean(axis=1, keepdims=True)
    return x.mean(axis=1), (left - np.median(left, axis=0)).std(axis=1, ddof=1)


def shares(
    rule: Callable[[Runs, np.random.Generator], Stay], means: Runs, spreads: Runs, kind: str,
    seeds: int, studies: int,
) -> tuple[float, float]:  # fmt: skip
    """Share of studies in which a best learner is called worse, and of the others that are."""
    rng, wrong, found = np.random.default_rng(seeds), 0, 0.0
    best = means == means.min()
    for _ in range(studies):
        runs = means[:, None] + spreads[:, None] * noise(kind, (len(means), seeds), rng)
        stay = rule(runs, rng)
        wrong += not stay[best].all()
        found += 0.0 if best.all() else float((~stay[~best]).mean())
    return wrong / studies, found / studies


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200, help="simulated for each number")
    studies = parser.parse_args().studies
    means, spreads = committed()
    print("| runs | seeds | error of two, before | error of two, now |\n|---|---:|---:|---:|")
    two = np.array([0.2, 1.0])  # equal learners, one of a fifth of the other's spread
    for kind, seeds in product(NOISES, SEEDS):
        wrong = [shares(rule, 0 * two, two, kind, seeds, 1_000)[0] for rule in (before, now)]
        print(f"| {kind} | {seeds} | {wrong[0]:.3f} | {wrong[1]:.3f} |", flush=True)
    print("\n| runs | seeds | error, before | error, now | found, before | found, now |")
    print("|---|---:|---:|---:|---:|---:|")
    for kind, seeds in product(NOISES, SEEDS):
        cells = []
        for levels, place in ((np.zeros_like(means), 0), (means, 1)):
            for rule in (before, now):
                share = shares(rule, levels, spreads, kind, seeds, studies)[place]
                cells.append(f"{share:.3f}")
        print(f"| {kind} | {seeds} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
