"""Each learner against the best of its scenario: limits for all at once, and a verdict."""

from statistics import median

import numpy as np

from coldbench.report.crossing import Crossing
from coldbench.report.standings import Standing
from coldbench.report.study import ReportData
from coldbench.report.topic import Sentence, Topic, with_limits
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Section, Table, interval, listed, number, p_value

__all__ = ["ToTheBest", "reach", "verdict_of"]

HOW = (
    "How much higher each learner's MAE is than that of the lowest mean, on the seeds that both "
    "finished. The limits hold for all pairs of a scenario at once (95 %), as do the ranks left to "
    "each learner. `may be the best`: not shown to be worse than any other; all that truly are the "
    "best are among these and the unsettled, in 95 % of studies like this one. `worse in "
    "its runs`: its single runs are higher, although its mean is too unsteady to compare. "
    "`unsettled`: not shown to be worse, but it lost every run to the best or its runs vary more "
    "than five times as much as the typical learner's. `equal`: the limits lie within the margin "
    "that the study names. The p is that of not being among the best: once others are shown to be "
    "worse, fewer pairs are left to correct for, so it can be smaller than the p of the same pair "
    "among all of them."
)
FLIPS = (
    "Tests exchange the signs of whole seeds and take the largest t of the scenario: nothing is "
    "assumed of spreads and of what learners share at a seed, only that differences are as likely "
    "to fall above their mean as below. A learner that collapses in a run out of ten may not have "
    "done so here; no test of a mean sees what no run has shown."
)
BLOCKS = (
    "With fewer than six seeds nothing can be shown by exchanging signs. Assumed instead: normal "
    "runs, and no learner that varies more than the most variable one seen here, whose error "
    "stands for all; one that varies more than five times as much as the others keeps its own."
)
SKEWED = (
    "Runs are strongly skewed in {}: they stray further to one side than to the other. Signs "
    "cannot be exchanged there; the verdicts assume what they do with fewer than six seeds: normal "
    "runs, and the error of the most variable learner for all."
)
POWER = 0.842  # standard errors beyond the limit that a test reaches four times out of five
WORDS = {
    "best": "lowest mean",
    "contender": "may be the best",
    "unsettled": "unsettled",
    "ahead": "better, on few seeds",
    "": NA,
}


class ToTheBest(Topic):
    """The verdict on every learner in every scenario, with the numbers behind it."""

    order = 15

    def section(self) -> Section | None:
        data = self.data
        if data.ablation is not None or len(data.asked) < 2:
            return None
        margin = f"The margin of this study is {data.manifest.margin:g}."
        notes = (*_assumed(data), margin)
        return Section("best", "To the best", "To the best", HOW, (), (_table(data),), notes)

    def sentences(self) -> list[Sentence]:
        """What these seeds can show at all, and for whom."""
        data = self.data
        if data.ablation is not None or not data.pairs:
            return []
        return [s for s in (_smallest(data), _for_whom(data)) if s is not None]

    def files(self) -> dict[str, list[dict[str, object]]]:
        data = self.data
        if data.ablation is not None:
            return {}
        return {"league.csv": [_columns(data, one) for one in _all(data)]}


def _assumed(data: ReportData) -> tuple[str, ...]:
    """What the tests of the scenarios take for granted."""
    tests = {scenario: family.tests for scenario, family in data.families.items()}
    skewed = [scenario for scenario, test in tests.items() if test.skewed]
    usual = FLIPS if any(test.flips or test.skewed for test in tests.values()) else BLOCKS
    return (usual, SKEWED.format(listed(skewed))) if skewed else (usual,)


def _smallest(data: ReportData) -> Sentence | None:
    sizes = [f"{number(size)} in {scenario}" for scenario, size in reach(data).items()]
    if not sizes:
        return None
    text = (
        "Smallest difference that these seeds can show between two typical learners, four times "
        f"out of five: {listed(sizes)}."
    )
    return Sentence(text, "best")


def reach(data: ReportData) -> dict[str, float]:
    """The difference that the typical pair of each scenario would have to have, so that a study
    like this one shows it four times out of five."""
    sizes = {}
    for scenario, family in data.families.items():
        tests = family.tests
        met = np.isfinite(tests.half)
        if met.any():
            needed = tests.half[met] + POWER * tests.sd[met] / np.sqrt(tests.seeds[met])
            sizes[scenario] = float(np.median(needed))
    return sizes


def _for_whom(data: ReportData) -> Sentence | None:
    """Whether being worse than the best holds for new users and items too."""
    worse = [one for one in _all(data) if one.group == "worse" and one.how == "mean"]
    if not worse:
        return None
    crossing, best = data.of(Crossing), {s.scenario: s for s in _all(data) if s.group == "best"}
    holds = [crossing.holds(s.scenario, s.learner, best[s.scenario].learner) for s in worse]
    known = [one for one in holds if one is not None]
    if not known:
        text = (
            "All this holds for other seeds on the users and items of this study; for new users "
            "and items: n/a, the errors by user and item are not at hand."
        )
        return Sentence(text, "differences")
    text = (
        f"Of {len(known)} times that a learner is shown to be worse than the lowest mean, "
        f"{sum(known)} hold for new users and items too; the others on these users and items only."
    )
    return Sentence(text, "differences")


def _all(data: ReportData) -> list[Standing]:
    return [one for scenario in data.scenarios for one in data.ranked(scenario)]


def verdict_of(standing: Standing, margin: float) -> str:
    """In words, never stronger than the numbers."""
    if standing.group == "worse":
        word = "worse" if standing.how == "mean" else "worse in its runs"
    else:
        word = WORDS[standing.group]
    return f"{word}, equal within {margin:g}" if equal_within(standing, margin) else word


def equal_within(standing: Standing, margin: float) -> bool:
    """Whether the simultaneous limits of the gap to the best lie within the margin."""
    limits = standing.limits
    if limits is None or limits.low is None or limits.high is None:
        return False
    return -margin < limits.low and limits.high < margin


def _table(data: ReportData) -> Table:
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("MAE above the lowest"),
        Column("p, not the best"),
        Column("runs lost"),
        Column("ranks left"),
        Column("median MAE"),
        Column("verdict", False),
    )
    rows = tuple(_row(data, one) for one in _all(data))
    title = "Each learner against the lowest mean of its scenario"
    return Table("best", title, columns, rows, big=True)


def _row(data: ReportData, one: Standing) -> tuple[Cell, ...]:
    lost, common = one.lost
    low, high = one.ranks or (None, None)
    return (
        Cell(one.scenario),
        Cell(data.names[one.learner]),
        interval(one.limits) if one.limits else Cell(number(one.gap)),
        Cell(p_value(_p(one))),
        Cell(f"{lost} of {common}" if common else ""),
        Cell(NA if low is None else f"{low} to {high}"),
        Cell(number(median(one.values.values()))),
        Cell(verdict_of(one, data.manifest.margin)),
    )


def _p(one: Standing) -> float | None:
    """Of not being among the best; None where no test was possible."""
    return None if one.adjusted is None else one.p


def _columns(data: ReportData, one: Standing) -> dict[str, object]:
    lost, common = one.lost
    low, high = one.ranks or (None, None)
    limits = with_limits("gap", one.limits or Interval(one.gap, None, None, len(one.values)))
    return {
        "scenario": one.scenario,
        "learner": one.learner,
        "mean": one.mean.value,
        "median": median(one.values.values()),
        **limits,
        "p": _p(one),
        "p_of_all_pairs": one.adjusted,
        "runs_lost": lost,
        "n_seeds": common,
        "rank_low": low,
        "rank_high": high,
        "verdict": one.group,
        "worse_in": one.how,
        "unsteady": one.unsteady,
        "equal_within_margin": equal_within(one, data.manifest.margin),
        "margin": data.manifest.margin,
    }
