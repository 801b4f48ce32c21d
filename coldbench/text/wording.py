"""Numbers as text, rounded so that the text never claims more than the number."""

from math import ceil, floor, log10

from coldbench.statistics import Interval

__all__ = ["decimals_for", "outward", "p_in_words", "share_of_time"]


def decimals_for(interval: Interval, least: int = 3) -> int:
    """Decimals that show two digits of the width and no false zero as a limit, at most 12."""
    width = interval.width
    limits = [abs(limit) for limit in (interval.low, interval.high) if limit]
    wanted = [least]
    if width:
        wanted.append(1 - floor(log10(width)))
    if limits:
        wanted.append(-floor(log10(min(limits))))
    return min(12, max(wanted))


def outward(interval: Interval) -> str:
    """Value [low, high], limits rounded away from the value; the value alone without limits."""
    if interval.value is None:
        return str(interval.reason)
    places = decimals_for(interval)
    value = _fixed(interval.value, places)
    if interval.low is None or interval.high is None:
        return value
    unit = 10.0**places
    # 1e-6: a limit that is a round number up to rounding stays there
    low = floor(interval.low * unit + 1e-6) / unit
    high = ceil(interval.high * unit - 1e-6) / unit
    return f"{value} [{_fixed(low, places)}, {_fixed(high, places)}]"


def _fixed(number: float, places: int) -> str:
    """Fixed decimals without a negative zero."""
    return f"{round(number, places) + 0.0:.{places}f}"


def share_of_time(interval: Interval) -> str:
    """As in: 31 % of the time [12, 48], limits rounded away from the value."""
    if interval.value is None or interval.low is None or interval.high is None:
        return str(interval.reason)
    low, high = floor(100.0 * interval.low + 1e-6), ceil(100.0 * interval.high - 1e-6)
    value = "less than 1" if interval.value < 0.01 else str(round(100.0 * interval.value))
    return f"{value} % of the time [{low}, {high}]"


def p_in_words(p: float) -> str:
    """As in: p = 0.012, rounded up; p < 0.001 below that."""
    return "p < 0.001" if p < 0.001 else f"p = {ceil(p * 1_000.0 - 1e-6) / 1_000.0:.3f}"
