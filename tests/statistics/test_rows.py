"""What is computed for all pairs at once equals what is computed for each, odd rows included."""

import numpy as np
import pytest

from coldbench import statistics as st
from coldbench.statistics.distributions import noncentral_t_cdf
from coldbench.statistics.noncentral import LARGE_T, noncentrality_limits
from coldbench.statistics.relative_effect import relative_effects


def rows(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Usual pairs, an equal one, a constant difference, a learner without spread, far apart."""
    rng = np.random.default_rng(n)
    a, b = rng.normal(0.8, 0.01, (9, n)), rng.normal(0.81, 0.02, (9, n))
    b[1], b[2], a[3], a[4], b[4] = a[1], a[2] + 0.1, 0.8, 0.8, 0.8
    a[5] += 1.0
    a[6] = np.round(b[6], 2)
    return a, b


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_rows_are_pairs(n: int) -> None:
    a, b = rows(n)
    each = list(zip(a, b, strict=True))
    effects = st.effect_sizes(a - b)
    assert effects == [st.effect_size(x - y) for x, y in each]
    assert st.paired_differences(a, b) == [st.paired_difference(x, y) for x, y in each]
    assert st.compare_spreads(a, b) == [st.compare_spread(x, y) for x, y in each]
    assert relative_effects(a, b) == [st.relative_effect(x, y) for x, y in each]
    both = st.reversals(a, b, effects)
    for (x, y), (apart, together) in zip(each, both, strict=True):
        assert apart == st.reversal_probability(x, y, shared=False)
        assert together == st.reversal_probability(x, y)


@pytest.mark.parametrize("df", [1, 2, 4, 9, 99])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_limits_of_many_noncentralities_solve_their_equations(df: int, level: float) -> None:
    t = np.concatenate([[0.0], np.geomspace(1e-6, LARGE_T, 40)])
    limits = noncentrality_limits(t, df, level)
    for ends, p in zip(limits, ((1 + level) / 2, (1 - level) / 2), strict=True):
        found = [noncentral_t_cdf(one, df, end) for one, end in zip(t, ends, strict=True)]
        assert found == pytest.approx([p] * t.size, abs=1e-9)
    mirrored = noncentrality_limits(-t, df, level)
    assert -mirrored[1] == pytest.approx(limits[0], abs=1e-9)


def test_shapes_and_effects_must_fit() -> None:
    a, b = rows(4)
    with pytest.raises(ValueError, match="the same seeds"):
        st.paired_differences(a, b[:, :3])
    with pytest.raises(ValueError, match="shorter"):
        st.reversals(a, b, [])
