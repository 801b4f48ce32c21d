"""The shared interval type and the checks of inputs."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from coldbench.statistics.arrays import finite, mean_sd
from coldbench.statistics.interval import Interval, unavailable


def test_width_and_contains() -> None:
    whole = Interval(2.0, 1.0, 4.0, 9)
    assert whole.width == 3.0
    assert [whole.contains(v) for v in (0.9, 1.0, 3.0, 4.0, 4.1)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    for part in (Interval(2.0, None, 4.0, 9), Interval(2.0, 1.0, None, 9)):
        assert part.width is None
        assert not part.contains(2.0)
    assert unavailable(3, "n/a: why") == Interval(None, None, None, 3, "n/a: why")
    assert unavailable(3, "n/a: why", 1.0).value == 1.0
    with pytest.raises(FrozenInstanceError):
        whole.value = 1.0  # type: ignore[misc]


@pytest.mark.parametrize("field", ["value", "low", "high"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_are_finite(field: str, bad: float) -> None:
    fields: dict[str, float | None] = {"value": 1.0, "low": None, "high": None, field: bad}
    with pytest.raises(ValueError, match=f"interval {field} must be finite or None, got"):
        Interval(**fields, n=3)  # type: ignore[arg-type]


def test_limits_are_in_order() -> None:
    with pytest.raises(ValueError, match=r"interval needs low <= high, got \[2.0, 1.0\]"):
        Interval(1.5, 2.0, 1.0, 3)
    assert Interval(1.0, 1.0, 1.0, 3).width == 0.0


def test_inputs_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"x needs shape \[R\], got \(1, 2\)"):
        finite([[1.0, 2.0]], "R")
    with pytest.raises(ValueError, match=r"e needs shape \[R, U\], got \(2,\)"):
        finite([1.0, 2.0], "RU", "e")
    with pytest.raises(ValueError, match=r"x is empty, shape \(0,\): every axis needs"):
        finite([], "R")
    with pytest.raises(ValueError, match="x holds 2 non-finite values: list failed runs"):
        finite([1.0, np.nan, np.inf], "R")
    assert finite([1, 2], "R").dtype == np.float64


def test_moments() -> None:
    x = np.array([0.3, 0.1, 0.8])
    assert mean_sd(x) == pytest.approx((x.mean(), x.std(ddof=1)))
    assert mean_sd(np.array([0.1])) == (0.1, 0.0)
    assert mean_sd(np.full(3, 0.1)) == (0.1, 0.0)
    assert mean_sd(1e9 + x)[1] == pytest.approx(x.std(ddof=1), rel=1e-6)
