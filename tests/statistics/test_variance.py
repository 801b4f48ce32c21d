"""Analyses of variance, against statsmodels and by hand."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.anova import anova_lm

import coldbench.statistics as st

rng = np.random.default_rng(21)
SEEDS, USERS = 6, 9
E = (
    rng.normal(size=(SEEDS, 1))
    + 1.5 * rng.normal(size=(1, USERS))
    + rng.normal(size=(SEEDS, USERS))
)
LONG = pd.DataFrame(
    {
        "y": E.ravel(),
        "seed": np.repeat(np.arange(SEEDS), USERS),
        "user": np.tile(np.arange(USERS), SEEDS),
        "all": 1,
    }
)


@pytest.mark.filterwarnings("ignore")
def test_crossed_components_are_those_of_mixedlm() -> None:
    parts = {"seed": "0 + C(seed)", "user": "0 + C(user)"}
    model = smf.mixedlm("y ~ 1", LONG, groups="all", vc_formula=parts)
    fit = model.fit(reml=True, method="bfgs", gtol=1e-10)
    found = st.crossed_variance(E)
    expected = [*fit.vcomp, fit.scale]
    assert [found.seed, found.user, found.rest] == pytest.approx(expected, abs=1e-6)
    assert found.both.value == pytest.approx(fit.fe_params["Intercept"], abs=1e-9)
    variance = (found.seed or 0) / SEEDS + (found.user or 0) / USERS + (found.rest or 0) / E.size
    assert sqrt(variance) == pytest.approx(fit.bse_fe["Intercept"], abs=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_nested_components_are_those_of_mixedlm() -> None:
    fit = smf.mixedlm("y ~ 1", LONG, groups="seed").fit(reml=True, method="bfgs", gtol=1e-10)
    found = st.nested_variance(list(E))
    expected = [fit.cov_re.iloc[0, 0], fit.scale]
    assert [found.seed, found.user] == pytest.approx(expected, abs=1e-6)


def test_crossed_is_the_anova_table() -> None:
    table = anova_lm(smf.ols("y ~ C(seed) + C(user)", LONG).fit())
    row, column, rest = table["mean_sq"]
    for level in (0.95, 0.5):
        found = st.crossed_variance(E, level=level)
        assert [found.seed_raw, found.user_raw, found.rest] == pytest.approx(
            [(row - rest) / USERS, (column - rest) / SEEDS, rest]
        )
        mean, tail = E.mean(), (1 + level) / 2
        half = stats.t.ppf(tail, SEEDS - 1) * sqrt(row / E.size)
        seeds, users = found.other_seeds, found.other_users
        assert (seeds.value, seeds.low, seeds.high) == pytest.approx(
            (mean, mean - half, mean + half)
        )
        half = stats.t.ppf(tail, USERS - 1) * sqrt(column / E.size)
        assert (users.value, users.low, users.high) == pytest.approx(
            (mean, mean - half, mean + half)
        )
        v = row + column - rest
        spread = row**2 / 5 + column**2 / 8 + rest**2 / 40
        half = stats.t.ppf(tail, v**2 / spread) * sqrt(v / E.size)
        both = found.both
        assert (both.value, both.low, both.high) == pytest.approx((mean, mean - half, mean + half))
    assert (found.n, found.n_users, seeds.n, users.n, both.n) == (6, 9, 6, 9, 6)
    assert (found.seed, found.user, found.reason) == (found.seed_raw, found.user_raw, None)


def test_crossed_keeps_negative_estimates_aside() -> None:
    e = np.array([[0.0, 3.0, 1.0], [3.0, 0.0, 2.0], [1.5, 1.0, 1.5]])
    found = st.crossed_variance(e)
    assert (found.seed, found.user) == (0.0, 0.0)
    assert (found.seed_raw or 0) < 0
    assert (found.user_raw or 0) < 0
    half = stats.t.ppf(0.975, 4) * sqrt((found.rest or 0) / 9)
    assert found.both.high == pytest.approx(e.mean() + half)
    # only users differ: other users explain everything
    users = st.crossed_variance(np.tile([0.0, 1.0, 5.0], (4, 1)))
    assert (users.seed, users.rest) == (0.0, 0.0)
    assert users.both.width == pytest.approx(users.other_users.width)
    assert users.other_seeds.width == 0.0


def test_crossed_needs_two_of_both() -> None:
    one = st.crossed_variance([[0.1, 0.3]])
    assert one.other_seeds == one.both == st.Interval(0.2, None, None, 1, "n/a: one seed")
    assert one.other_users == st.Interval(0.2, None, None, 2, "n/a: one seed")
    assert (one.seed, one.user, one.rest, one.seed_raw, one.user_raw) == (None,) * 5
    assert (one.n, one.n_users, one.reason) == (1, 2, "n/a: one seed")
    user = st.crossed_variance([[0.1], [0.3]])
    assert (user.n, user.n_users, user.reason) == (2, 1, "n/a: one user")
    assert st.crossed_variance([[1.0, 2.0], [2.0, 5.0]]).reason is None
    with pytest.raises(ValueError, match=r"e needs shape \[R, U\], got \(3,\)"):
        st.crossed_variance([1.0, 2.0, 3.0])


def test_nested_unbalanced_by_hand() -> None:
    groups = [np.array([1.0, 2.0, 3.0]), np.array([5.0, 7.0]), np.array([4.0])]
    found = st.nested_variance(groups)
    between = (3 * (2 - 22 / 6) ** 2 + 2 * (6 - 22 / 6) ** 2 + (4 - 22 / 6) ** 2) / 2
    within = (2.0 + 2.0) / 3
    typical = (6 - 14 / 6) / 2
    assert found.seed == pytest.approx((between - within) / typical)
    assert found.seed == found.seed_raw
    assert found.user == pytest.approx(within)
    assert found.mean == st.mean_interval([2.0, 6.0, 4.0])
    assert (found.n, found.n_users, found.reason) == (3, (3, 2, 1), None)
    half = st.nested_variance(groups, level=0.5).mean
    assert half == st.mean_interval([2.0, 6.0, 4.0], level=0.5)


def test_nested_at_its_edges() -> None:
    negative = st.nested_variance([[0.0, 2.0], [1.0, 1.2]])
    assert negative.seed == 0.0
    assert (negative.seed_raw or 0) < 0
    single = st.nested_variance([[0.1], [0.2]])
    assert (single.reason, single.seed, single.user, single.seed_raw, single.n) == (
        "n/a: one user per seed", None, None, None, 2,
    )  # fmt: skip
    one = st.nested_variance([[0.1, 0.3]])
    assert (one.reason, one.mean.value, one.n, one.n_users) == ("n/a: one seed", 0.2, 1, (2,))
    with pytest.raises(ValueError, match=r"errors\[1\] is empty"):
        st.nested_variance([[0.1], []])
    with pytest.raises(ValueError, match="empty"):
        st.nested_variance([])


def test_oa25_is_orthogonal() -> None:
    design = st.oa25()
    assert design.shape == (25, 5)
    assert design.dtype == np.int64
    assert design[7].tolist() == [1, 2, 3, 0, 2]
    assert np.array_equal(st.oa25(4), design[:, :4])
    assert st.SOURCES == ("split", "episode", "init", "order", "rounding")
    for wrong in (3, 6):
        with pytest.raises(ValueError, match="4 or 5 factors"):
            st.oa25(wrong)
    for i in range(5):
        for j in range(i):
            pairs = {tuple(pair) for pair in design[:, [i, j]].tolist()}
            assert len(pairs) == 25
    assert set(design.ravel().tolist()) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("factors", [4, 5])
def test_sources_are_the_anova_table(factors: int) -> None:
    y = np.random.default_rng(2).normal(size=25) + 2 * st.oa25()[:, 2]
    names = st.SOURCES[:factors]
    frame = pd.DataFrame(st.oa25(factors), columns=list(names)).assign(y=y)
    formula = "y ~ " + " + ".join(f"C({name})" for name in names)
    table = anova_lm(smf.ols(formula, frame).fit())
    found = st.source_variance(y, factors)
    assert [c.name for c in found.components] == [*names, "error"]
    assert [c.square for c in found.components] == pytest.approx(table["mean_sq"].tolist())
    assert [c.p for c in found.components[:-1]] == pytest.approx(table["PR(>F)"].tolist()[:-1])
    assert [c.df for c in found.components] == [*[4] * factors, 24 - 4 * factors]
    error = found["error"]
    assert error.p is None
    for c in found.components[:-1]:
        raw = (c.square - error.square) / 5
        assert (c.raw, c.value) == pytest.approx((raw, max(raw, 0.0)))
    assert found.total == pytest.approx(sum(c.value for c in found.components))
    assert {c.n for c in found.components} == {found.n} == {25}


@pytest.mark.parametrize(("factors", "free"), [(4, 8), (5, 4)])
def test_williams_tukey_limits(factors: int, free: int) -> None:
    y = np.random.default_rng(2).normal(size=25) + 2 * st.oa25()[:, 2]
    for level in (0.95, 0.8):
        found = st.source_variance(y, factors, level=level)
        c, error, tail = found["init"], found["error"], (1 - level) / 2
        ratio, ss = c.square / error.square, 4 * c.square
        upper, lower = (stats.chi2.ppf(p, 4) for p in (1 - tail, tail))
        f_upper, f_lower = (stats.f.ppf(p, 4, free) for p in (1 - tail, tail))
        expected = (
            ss * (1 - f_upper / ratio) / (5 * upper),
            ss * (1 - f_lower / ratio) / (5 * lower),
        )
        assert (c.low, c.high) == pytest.approx(expected)
        sse = free * error.square
        exact = (sse / stats.chi2.ppf(1 - tail, free), sse / stats.chi2.ppf(tail, free))
        assert (error.low, error.high) == pytest.approx(exact)


def test_negative_components_are_shown_as_zero() -> None:
    found = [st.source_variance(np.random.default_rng(s).normal(size=25)) for s in range(8)]
    parts = [c for f in found for c in f.components[:-1]]
    negative = [c for c in parts if c.raw < 0]
    assert negative
    assert all(c.value == c.low == c.share.value == c.share.low == 0 for c in negative)
    assert all(c.low <= c.value <= c.high for c in parts)


def test_shares_match_a_large_simulation_of_their_pivots() -> None:
    y = np.random.default_rng(5).normal(size=25) + st.oa25()[:, 0] + 0.5 * st.oa25()[:, 3]
    for level in (0.95, 0.8):
        found = st.source_variance(y, level=level)
        squares = np.array([c.square for c in found.components])[:, None]
        sampler, df = np.random.default_rng(1), np.array([4, 4, 4, 4, 4, 4])[:, None]
        pivots = squares * df / sampler.chisquare(np.broadcast_to(df, (6, 200_000)))
        s2 = np.maximum(np.vstack([(pivots[:5] - pivots[5]) / 5, pivots[5:]]), 0)
        quantiles = np.quantile(s2 / s2.sum(axis=0), [(1 - level) / 2, (1 + level) / 2], axis=1)
        shares = [c.share for c in found.components]
        assert sum(s.value or 0 for s in shares) == pytest.approx(1.0)
        assert [s.value for s in shares] == pytest.approx(
            [c.value / found.total for c in found.components]
        )
        assert [s.low for s in shares] == pytest.approx(quantiles[0].tolist(), abs=0.01)
        assert [s.high for s in shares] == pytest.approx(quantiles[1].tolist(), abs=0.015)
        assert {s.n for s in shares} == {25}


def test_sources_without_error_or_without_anything() -> None:
    pure = st.source_variance(st.oa25()[:, 1] * 1.0)
    episode = pure["episode"]
    assert episode.raw == pytest.approx(2.5)
    assert episode.p == 0.0
    assert episode.share.value == pytest.approx(1.0)
    assert pure["split"].p == 1.0
    flat = st.source_variance(np.full(25, 0.3))
    assert flat.total == 0.0
    assert [c.p for c in flat.components] == [1.0, 1.0, 1.0, 1.0, 1.0, None]
    missing = st.Interval(None, None, None, 25, "n/a: the runs do not vary")
    assert all(c.share == missing for c in flat.components)
    with pytest.raises(ValueError, match=r"y needs the 25 runs of oa25\(\), got 24"):
        st.source_variance(np.zeros(24))
    with pytest.raises(KeyError, match="no source 'seed', known are"):
        flat["seed"]


def test_pair_with_replicates_is_the_anova_table() -> None:
    y = rng.normal(size=(3, 4, 2)) + rng.normal(size=(3, 4, 1)) + np.arange(3)[:, None, None]
    levels = np.indices(y.shape).reshape(3, -1).T
    frame = pd.DataFrame(levels, columns=["a", "b", "r"]).assign(y=y.ravel())
    table = anova_lm(smf.ols("y ~ C(a) * C(b)", frame).fit())
    found = st.pair_variance(y, ("init", "order"))
    assert [c.name for c in found.components] == ["init", "order", "init x order", "error"]
    assert [c.square for c in found.components] == pytest.approx(table["mean_sq"].tolist())
    assert [c.df for c in found.components] == table["df"].tolist()
    a, b, ab, e = (c.square for c in found.components)
    raw = [c.raw for c in found.components]
    assert raw == pytest.approx([(a - ab) / 8, (b - ab) / 6, (ab - e) / 2, e])
    p = [c.p for c in found.components]
    assert p[:3] == pytest.approx(
        [stats.f.sf(a / ab, 2, 6), stats.f.sf(b / ab, 3, 6), stats.f.sf(ab / e, 6, 12)]
    )
    assert (p[3], found.n, found.components[0].n) == (None, 24, 24)


def test_three_replicates_have_their_degrees_of_freedom() -> None:
    found = st.pair_variance(rng.normal(size=(3, 4, 3)))
    assert [c.df for c in found.components] == [2, 3, 6, 24]


def test_pair_without_replicates() -> None:
    y = rng.normal(size=(3, 4)) + np.arange(4)
    found = st.pair_variance(y, level=0.8)
    crossed = st.crossed_variance(y)
    assert [c.name for c in found.components] == ["init", "split", "error"]
    assert [c.raw for c in found.components] == pytest.approx(
        [crossed.seed_raw, crossed.user_raw, crossed.rest]
    )
    assert [c.df for c in found.components] == [2, 3, 6]
    wide = st.pair_variance(y)
    assert wide["error"].high > found["error"].high
    assert wide.n == 12
    again = st.pair_variance(y[:, :, None])
    assert again == wide
    replicated = np.stack([y, y + rng.normal(size=y.shape)], axis=2)
    narrow, broad = st.pair_variance(replicated, level=0.8), st.pair_variance(replicated)
    assert narrow["error"].high < broad["error"].high
    for shape in ((1, 4), (4, 1)):
        with pytest.raises(ValueError, match="at least 2 levels of init and split"):
            st.pair_variance(np.zeros(shape))
    with pytest.raises(ValueError, match="y needs shape"):
        st.pair_variance(np.zeros(4))
