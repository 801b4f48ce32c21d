"""All statistics of a study of 12 learners x 100 seeds x 4 scenarios x 1,000 users in 30 s."""

import time
from itertools import combinations

import numpy as np
import pytest

import coldbench.statistics as st
from coldbench.report.claims import verdict

LEARNERS, SEEDS, SCENARIOS, USERS = 12, 100, 4, 1_000


@pytest.mark.slow
def test_statistics_of_a_large_study_take_seconds() -> None:
    rng = np.random.default_rng(0)
    shape = (LEARNERS, SEEDS, SCENARIOS)
    errors = rng.normal(0.8, 0.02, (LEARNERS, 1, 1, 1)) + rng.normal(0, 0.02, (*shape, 1))
    errors = errors + rng.normal(0, 0.2, (1, 1, SCENARIOS, USERS))
    errors = errors + rng.normal(0, 0.05, (*shape, USERS))
    means = errors.mean(axis=3)
    start = time.process_time()
    for scenario in range(SCENARIOS):
        for learner in range(LEARNERS):
            one_learner(means[learner, :, scenario], errors[learner, :, scenario], rng)
        st.rank_stability(means[:, :, scenario].T)
        for a, b in combinations(means[:, :, scenario], 2):
            one_pair(a, b, rng)
    seconds = time.process_time() - start
    print(f"{LEARNERS} x {SEEDS} x {SCENARIOS} x {USERS}: {seconds:.1f} s")
    assert seconds < 30


def one_learner(runs: np.ndarray, users: np.ndarray, rng: np.random.Generator) -> None:
    st.mean_interval(runs)
    st.bootstrap_t(runs, rng)
    st.spread(runs)
    st.compare_published(runs, 0.79, margin=0.005)
    st.crossed_variance(users)
    st.nested_variance(list(users))
    st.source_variance(runs[:25])
    st.pair_variance(runs.reshape(10, 10))
    st.best_of_inflation(runs, 5)
    st.failure_rate(runs, runs > 0.85)
    st.seed_disagreement(users * 3, (1, 5, 1))
    st.learning_curve(users[:, :50])


def one_pair(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    d = a - b
    st.compare_spread(a, b)
    st.paired_difference(a, b)
    st.sign_flip(d, rng)
    st.effect_size(d)
    st.reversal_probability(a, b)
    st.probability_better(d)
    st.seeds_needed(d, 0.002)
    st.bootstrap_t(d, rng)
    verdict(a, b, ("a", "b"), "C-C", 0.01, comparisons=264)
