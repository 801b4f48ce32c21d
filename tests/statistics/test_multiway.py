"""Seeds, users and items at random: the variances by hand, the limits by simulation."""

from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_cluster

import coldbench.statistics as st

SEEDS, USERS, ITEMS = 10, 200, 60
STUDIES = 200  # of each design


def world(rng: np.random.Generator, seeds: int = SEEDS, share: float = 0.2) -> dict[str, Any]:
    """Who rates what, popular items more often; at each seed another `share` of the users is
    tested, on 5 ratings each. Users and items return: [N] codes and the weight of each row."""
    popular = 1.0 / (1.0 + np.arange(ITEMS))
    rated = [rng.choice(ITEMS, 20, replace=False, p=popular / popular.sum()) for _ in range(USERS)]
    parts = []
    for seed in range(seeds):
        for user in rng.choice(USERS, round(share * USERS), replace=False):
            items = rng.choice(rated[user], 5, replace=False)
            parts += [(seed, user, item) for item in items]
    seed, user, item = np.array(parts).T
    return {"seed": seed, "user": user, "item": item}


def effects(rng: np.random.Generator, rows: dict[str, Any], draw: str, **sd: float) -> Any:
    """Differences of STUDIES studies [STUDIES, N] whose true mean is 0. sd: of the effect of each
    combination of s(eed), u(ser), i(tem)."""
    named = {"s": rows["seed"], "u": rows["user"], "i": rows["item"]}
    total = np.zeros((STUDIES, len(rows["seed"])))
    for letters, scale in sd.items():
        keys = np.stack([named[letter] for letter in letters])
        _, codes = np.unique(keys, axis=1, return_inverse=True)
        size = STUDIES, int(codes.max()) + 1
        drawn = {
            "normal": rng.normal,
            "skewed": lambda size: rng.exponential(size=size) - 1.0,
            "heavy": lambda size: rng.standard_t(3, size) / sqrt(3.0),
        }[draw](size=size)
        total += scale * drawn[:, codes.ravel()]
    return total


def studies(rows: dict[str, Any], d: Any) -> Any:
    """Shares of studies whose limits hold the truth, 0: (new users and items, seeds only)."""
    errors = np.concatenate([d, np.zeros((1, d.shape[1]))])  # one learner against many
    found = st.pair_variances(errors, **rows)
    means = np.stack([d[:, rows["seed"] == s].mean(axis=1) for s in np.unique(rows["seed"])], 1)
    hits = np.zeros(2)
    for place, runs in enumerate(means):
        wide = st.multiway_difference(
            runs,
            found.user[place, -1],
            found.item[place, -1],
            found.both[place, -1],
            found.effective_users,
            found.effective_items,
        )
        narrow = st.mean_interval(runs)
        hits += wide.difference.contains(0.0), narrow.contains(0.0)
        assert wide.difference.width >= narrow.width * (1 - 1e-12)
    return hits / len(means)


MIXED = {"s": 0.05, "u": 0.15, "i": 0.15, "su": 0.1, "si": 0.05, "ui": 0.3, "sui": 0.3}
ITEMS_LEAD = {"s": 0.02, "i": 0.3, "ui": 0.3, "sui": 0.3}
NOISE = {"sui": 1.0}


@pytest.mark.parametrize(
    ("sd", "draw", "share", "low", "high"),
    [
        (MIXED, "normal", 0.2, 0.93, 0.98),
        (MIXED, "normal", 0.8, 0.93, 0.98),
        (ITEMS_LEAD, "normal", 0.2, 0.92, 0.97),
        (ITEMS_LEAD, "heavy", 0.2, 0.92, 0.975),
        (MIXED, "skewed", 0.2, 0.91, 0.97),
        (NOISE, "normal", 0.2, 0.94, 0.995),  # nothing shared: the seeds alone would do
    ],
)
def test_limits_hold_for_new_users_and_items(
    sd: dict[str, float], draw: str, share: float, low: float, high: float
) -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(2):
        rows = world(rng, share=share)
        found.append(studies(rows, effects(rng, rows, draw, **sd)))
    wide, narrow = np.mean(found, axis=0)
    print(f"{draw} {share}: {wide:.3f}, seeds only {narrow:.3f}")
    assert low <= wide <= high
    if "i" in sd:
        assert narrow < 0.85


def by_hand(d: Any, rows: dict[str, Any], *names: str) -> float:
    """Products of every two ratings of different seeds that share `names`, one after the other."""
    n = len(set(rows["seed"]))
    weight = np.array([1 / sum(rows["seed"] == s) for s in rows["seed"]]) / n
    z = weight * (d - weight @ d)
    keys = list(zip(*(rows[name].tolist() for name in names), strict=True))
    total = sum(
        z[i] * z[j]
        for i, j in product(range(len(z)), repeat=2)
        if keys[i] == keys[j] and rows["seed"][i] != rows["seed"][j]
    )
    share = np.array([sum(w for w, k in zip(weight, keys, strict=True) if k == key)
                      for key in set(keys)])  # fmt: skip
    second, third = (share**2).sum(), (share**3).sum()
    return float(total) * n / (n - 1) / (1 - 2 * third / second + second)


@pytest.fixture
def small() -> tuple[Any, dict[str, Any]]:
    """Three learners; seeds of unlike size, users and items that return."""
    rng = np.random.default_rng(5)
    seed = np.repeat([7, 8, 9], [9, 14, 11])
    rows = {"seed": seed, "user": rng.integers(0, 5, 34), "item": rng.integers(20, 26, 34)}
    return rng.exponential(size=(3, 34)), rows


def test_variances_are_those_of_the_definition(small: tuple[Any, dict[str, Any]]) -> None:
    errors, rows = small
    found = st.pair_variances(errors, **rows)
    for a, b in [(0, 1), (2, 0), (1, 2)]:
        d = errors[a] - errors[b]
        assert found.user[a, b] == pytest.approx(by_hand(d, rows, "user"))
        assert found.item[a, b] == pytest.approx(by_hand(d, rows, "item"))
        assert found.both[a, b] == pytest.approx(by_hand(d, rows, "user", "item"))
    assert (found.users, found.items) == (5, 6)
    weight = 1 / (3 * np.repeat([9, 14, 11], [9, 14, 11]))
    shares = [weight[rows["user"] == user].sum() for user in range(5)]
    assert found.effective_users == pytest.approx(1 / np.square(shares).sum())


def test_the_variance_is_that_of_multiway_clustering_without_the_bias_of_few_seeds() -> None:
    """One-way variances from statsmodels, put together as Cameron, Gelbach & Miller do."""
    rng = np.random.default_rng(6)
    rows = {"seed": np.repeat(np.arange(4), 30), "user": rng.integers(0, 40, 120)}
    rows["item"] = rng.integers(0, 35, 120)
    errors = rng.normal(size=(2, 120)) + rows["item"] % 3
    errors[0] -= rows["item"] % 5
    found = st.pair_variances(errors, **rows)
    fit = sm.OLS(errors[0] - errors[1], np.ones(120)).fit()

    def variance(*names: str) -> float:
        codes = np.unique(np.stack([rows[name] for name in names]), axis=1, return_inverse=True)[1]
        return float(cov_cluster(fit, codes.ravel(), use_correction=False).squeeze())

    for part, names in (
        (found.user, ["user"]),
        (found.item, ["item"]),
        (found.both, ["user", "item"]),
    ):
        _, count = np.unique(np.stack([rows[name] for name in names]), axis=1, return_counts=True)
        square, cube = np.square(count / 120).sum(), ((count / 120) ** 3).sum()
        factor = 4 / 3 / (1 - 2 * cube / square + square)
        theirs = variance(*names) - variance("seed", *names)
        assert part[0, 1] == pytest.approx(theirs * factor)


def test_shift_scale_and_order_do_not_matter(small: tuple[Any, dict[str, Any]]) -> None:
    errors, rows = small
    order = np.random.default_rng(1).permutation(34)
    names = {key: values[order] for key, values in rows.items()}
    first = st.pair_variances(errors, **rows)
    moved = st.pair_variances(3.0 * errors[:, order] + 100.0, **names)
    for part in ("user", "item", "both"):
        one, other = getattr(first, part), getattr(moved, part)
        assert other == pytest.approx(9.0 * one, rel=1e-9, abs=1e-15)
        assert other == pytest.approx(other.T)


def test_close_learners_keep_their_digits() -> None:
    """What two learners share is a million times as large as what they do not."""
    rng = np.random.default_rng(2)
    rows = world(rng, seeds=3)
    shared, own = rng.exponential(size=len(rows["seed"])), rng.normal(size=len(rows["seed"]))
    close = st.pair_variances([shared, shared + 1e-6 * own], **rows).item[0, 1]
    alone = st.pair_variances([np.zeros(own.size), own], **rows).item[0, 1]
    assert close * 1e12 == pytest.approx(alone, rel=1e-6)


def test_without_a_second_seed_user_or_item_there_are_no_limits() -> None:
    assert st.multiway_difference([0.1], 1, 1, 0, 9, 9).reason == "n/a: one seed"
    one = st.pair_variances(np.eye(2, 6), [0, 0, 0, 1, 1, 1], [4] * 6, [1, 2, 3, 1, 2, 3])
    assert one.effective_users == pytest.approx(1.0)
    d = [0.1, 0.2]
    for users, items, word in ((1.0, 9.0, "user"), (9.0, 1.2, "item")):
        found = st.multiway_difference(d, 1.0, 1.0, 0.0, users, items)
        assert found.reason == f"n/a: hardly more than one {word}"
        assert found.difference.value == pytest.approx(0.15)
        assert found.difference.low is None


def test_equal_learners_and_constant_differences() -> None:
    same = st.multiway_difference([0.0, 0.0], 0.0, 0.0, 0.0, 20.0, 20.0)
    assert (same.difference.low, same.difference.high, same.p) == (0.0, 0.0, 1.0)
    shifted = st.multiway_difference([0.5, 0.5], 0.0, 0.0, 0.0, 20.0, 20.0)
    assert (shifted.difference.width, shifted.p) == (0.0, 0.0)
    tiny = st.multiway_difference([1e-160, 3e-160], 1e-322, 0.0, 0.0, 20.0, 20.0)
    assert tiny.difference.width is not None


def test_never_more_certain_than_one_clustering_alone() -> None:
    d = [0.1, 0.2, 0.15, 0.12]
    alone = st.paired_difference(d, np.zeros(4))
    least = st.multiway_difference(d, -1.0, -2.0, -3.0, 50.0, 50.0)
    assert least.difference == alone.difference
    assert least.p == pytest.approx(alone.p)
    by_item = st.multiway_difference(d, 0.01, 0.04, 0.05, 50.0, 50.0)
    assert by_item.error == pytest.approx(np.sqrt(0.04 + np.var(d, ddof=1) / 4))
    assert 40 < (by_item.df or 0.0) <= 49.0
    few = st.multiway_difference(d, 0.1, 0.1, 0.1, 2.0, 2.0)
    assert few.df == 1.0


def test_unequal_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="seed, user and item"):
        st.pair_variances(np.ones((2, 3)), [0, 1], [0, 1, 2], [0, 1, 2])
    with pytest.raises(ValueError, match="non-finite"):
        st.pair_variances([[1.0, np.nan]], [0, 1], [0, 1], [0, 1])


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_users_who_return_take_their_part_off(share: float) -> None:
    """Drawn without replacement, n of N users move a mean by s2 (1 / n - 1 / N)."""
    rng = np.random.default_rng(4)
    population, n = 0.3 * rng.normal(size=500), round(share * 500)
    means, shared, spread = [], [], []
    for _ in range(200):
        users = [rng.choice(500, n, replace=False) for _ in range(4)]
        errors = [population[chosen] for chosen in users]
        means.append([error.mean() for error in errors])
        shared.append(st.returning_covariance(errors, users))
        spread.append(np.mean([error.var(ddof=1) for error in errors]))
    square = population.var(ddof=1)
    assert np.mean(shared) == pytest.approx(square / 500, rel=0.05)
    left = np.mean(spread) / n - np.mean(shared)
    assert np.var(means) == pytest.approx(left, rel=0.15)
    assert left == pytest.approx(square * (1 / n - 1 / 500), rel=0.15)


def test_users_whose_error_is_new_at_each_seed_share_nothing() -> None:
    rng = np.random.default_rng(8)
    users = [np.arange(300)] * 8
    errors = [rng.normal(size=300) for _ in users]
    assert abs(st.returning_covariance(errors, users)) < 0.5 / 300
    assert st.returning_covariance([[1.0, 2.0]], [[1, 2]]) == 0.0
