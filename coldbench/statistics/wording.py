"""Numbers as text, rounded so that the text never claims more than the number."""

from math import ceil, floor, log10

from coldbench.statistics.interval import Interval

__all__ = ["decimals_for", "outward", "p_value", "percent"]


def decimals_for(interval: Interval, least: int = 3) -> int:
    """Decimals that show two digits of the width and no false zero as a limit."""
    numbers = (interval.low, interval.high, interval.width)
    sizes = [abs(number) for number in numbers if number]
    if not sizes:
        return least
    return max(least, 1 - floor(log10(sizes[-1])), -floor(log10(min(sizes))))


def outward(interval: Interval) -> str:
    """ "value [low, high]", limits rounded away from the value; "value" alone without limits."""
    if interval.value is None:
        return str(interval.reason)
    places = decimals_for(interval)
    value = f"{interval.value + 0.0:.{places}f}"
    if interval.low is None or interval.high is None:
        return value
    unit = 10.0**places
    # 1e-6: a limit that is a round number up to rounding stays there
    low = floor(interval.low * unit + 1e-6) / unit
    high = ceil(interval.high * unit - 1e-6) / unit
    return f"{value} [{low + 0.0:.{places}f}, {high + 0.0:.{places}f}]"


def percent(interval: Interval) -> str:
    """ "31 % of the time [12, 48]", limits rounded away from the value."""
    if interval.value is None or interval.low is None or interval.high is None:
        return str(interval.reason)
    low, high = floor(100.0 * interval.low + 1e-6), ceil(100.0 * interval.high - 1e-6)
    value = round(100.0 * interval.value)
    words = "less than 1" if interval.value < 0.01 else str(value)
    return f"{words} % of the time [{low}, {high}]"


def p_value(p: float) -> str:
    """ "p = 0.012", rounded up; "p < 0.001" below that."""
    return "p < 0.001" if p < 0.001 else f"p = {ceil(p * 1_000.0 - 1e-6) / 1_000.0:.3f}"
