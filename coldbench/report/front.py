"""What the report says first: the answer in three sentences, the top of the league, one picture."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from coldbench.report.crossing import Crossing
from coldbench.report.drawing.forest import Line, Row
from coldbench.report.drawing.panels import panels
from coldbench.report.drawing.style import Plot
from coldbench.report.pairs import pair_of, seen_from
from coldbench.report.standings import Standing
from coldbench.report.study import ReportData
from coldbench.report.topics.ablation import AblationTopic
from coldbench.report.topics.focus import met_in
from coldbench.report.topics.league import lower_still, row_of
from coldbench.report.topics.to_the_best import reach
from coldbench.report.topics.yardsticks import Yardsticks
from coldbench.statistics import Interval
from coldbench.text import Cell, Column, Table, decimals_for, listed, number

__all__ = ["Front"]

TOP = 6  # learners that a first screen has room for, beside those in focus
SPELLED = 3  # more names than this become a number
NOT_TESTED = "With one seed nothing is tested: run more before believing any order."


class Front:
    """The first screen of a study; made by `data.of(Front)`."""

    tall = False
    marked = True

    def __init__(self, data: ReportData) -> None:
        self.data = data

    @cached_property
    def answer(self) -> tuple[str, ...]:
        """What the focus did, who is the best, what beats the yardsticks, and how sure that is."""
        measured = self.data.of(Yardsticks).line(self.data.focus)
        if self.data.ablation is not None:
            said = self.data.of(AblationTopic).sentences()
            told = [f"{one.subject}: {one.text}" if one.subject else one.text for one in said]
            return tuple(text for text in (*told[:3], measured) if text)
        first = (self._focused(), self._leaders())
        return tuple(text for text in (*first, measured, self._sure()) if text)

    @cached_property
    def top(self) -> Table:
        """The rows of the league for the leaders, those in focus and the yardsticks."""
        data = self.data
        columns = (Column("learner", False), *map(Column, data.scenarios))
        rows = tuple(row_of(data, name)[:-1] for name in self._shown)
        rest = len(data.learners) - len(rows)
        more = ((Cell(f"and {rest} more", mark="reference"),),) if rest else ()
        filled = tuple((*row, *(Cell("", mark="reference"),) * len(data.scenarios)) for row in more)
        return Table("top", "MAE by scenario, the first learners", columns, (*rows, *filled))

    @cached_property
    def plot(self) -> Plot | None:
        """The learners of `top` in all scenarios; with a focus, it against each of them."""
        if self.data.ablation is not None or len(self.data.learners) < 2:
            return None
        return self._against(self.data.focus[0]) if self.data.focus else self._means()

    @cached_property
    def _shown(self) -> list[str]:
        data = self.data
        if len(data.learners) <= TOP + 1:
            return list(data.learners)
        needed = {s.learner for s in data.standings.values() if s.group == "best"}
        needed |= {*data.focus, *data.yardsticks}
        first = [name for name in data.learners if name not in needed]
        chosen = needed | set(first[: max(TOP - len(needed), 0)])
        return [name for name in data.learners if name in chosen]

    # sentences

    def _leaders(self) -> str:
        data = self.data
        if len(data.asked) == 1:
            return self._only()
        best = {s: one for s in data.scenarios if (one := _first(data.ranked(s), "best"))}
        if not best:
            return "No learner is called the best: too few runs to compare."
        places: dict[str, list[str]] = {}
        for scenario, one in best.items():
            said = f"{scenario} ({number(one.mean.value)})"
            places.setdefault(data.names[one.learner], []).append(said)
        lead = "; ".join(f"{name} in {listed(where)}" for name, where in places.items())
        may = _by_answer({s: self._rivals(s) for s in best})
        odd = _by_answer({s: self._unsettled(s) for s in best})
        lower = "; ".join(f"{who} in {s}" for s in best if (who := lower_still(data, s)))
        return (
            f"Lowest MAE{' of the learners asked for' if lower else ''}: {lead}."
            + (f" May be the best too: {may}." if may else "")
            + (f" Unsettled: {odd}." if odd else "")
            + (f" Lower than these, a yardstick: {lower}." if lower else "")
        )

    def _only(self) -> str:
        """Of the one learner that a study is about."""
        name = self.data.asked[0]
        said = [
            f"{number(one.mean.value)} in {scenario}"
            for scenario in self.data.scenarios
            if (one := self.data.standing(name, scenario))
        ]
        return f"MAE of {self.data.names[name]}: {listed(said)}." if said else ""

    def _rivals(self, scenario: str) -> str:
        """Those that may be the best too; `` where nothing was tested, or nobody is while some are
        unsettled."""
        others = self._others(scenario)
        if all(one.group == "" for one in others):
            return ""
        may = [self.data.names[o.learner] for o in others if o.group == "contender"]
        if may:
            return _few(may, len(others))
        return "" if self._unsettled(scenario) else "nobody"

    def _unsettled(self, scenario: str) -> str:
        """Those that are neither shown to be worse nor to be taken for the best."""
        others = self._others(scenario)
        odd = [self.data.names[o.learner] for o in others if o.group in ("unsettled", "ahead")]
        return _few(odd, len(others)) if odd else ""

    def _others(self, scenario: str) -> list[Standing]:
        return [one for one in self.data.ranked(scenario) if one.group != "best"]

    def _focused(self) -> str:
        return " ".join(self._focus(name) for name in self.data.focus[:2])

    def _focus(self, name: str) -> str:
        said = "; ".join(text for s in self.data.scenarios if (text := self._met(name, s)))
        shown = self.data.names[name]
        return f"{shown}, on common seeds: {said}." if said else f"{shown} has no run to compare."

    def _met(self, name: str, scenario: str) -> str:
        """`beats 12 of 31 others in W-W, loses to 5`."""
        met = met_in(self.data, name, scenario)
        standing = self.data.standing(name, scenario)
        if not met or standing is None:
            return ""
        won = [self.data.names[other] for other, how in met.items() if how == "better"]
        lost = [self.data.names[other] for other, how in met.items() if how == "worse"]
        place = {"best": ", the lowest", "contender": ", may be the best"}.get(standing.group, "")
        beaten = _few(won, len(met)) or "nobody"
        behind = f", is beaten by {_few(lost, len(met))}" if lost else ""
        return f"in {scenario} beats {beaten}{behind}{place}"

    def _sure(self) -> str:
        data = self.data
        if len(data.seeds) < 2:
            return NOT_TESTED
        parts = [part for part in (self._reach(), self._single(), self._wider()) if part]
        assumed = " (few seeds: normal runs are assumed)" if len(data.seeds) < 6 else ""
        return f"How sure: {'; '.join(parts)}{assumed}." if parts else ""

    def _reach(self) -> str:
        sizes = list(reach(self.data).values())
        if not sizes:
            return ""
        low, high = _small(min(sizes)), _small(max(sizes))
        size = low if low == high else f"{low} to {high}"
        return f"{len(self.data.seeds)} seeds can show a difference of {size}"

    def _single(self) -> str:
        """How often single runs of the two first name the wrong winner."""
        shares = [share for s in self.data.scenarios if (share := self._wrong(s)) is not None]
        if not shares:
            return ""
        low, high = (round(100 * share) for share in (min(shares), max(shares)))
        size = f"{low} %" if low == high else f"{low} to {high} %"
        return f"one run each of the first two names the wrong one {size} of the time"

    def _wrong(self, scenario: str) -> float | None:
        met = [one for one in self.data.ranked(scenario) if one.gap is not None]
        first = sorted(met, key=lambda one: (one.group != "best", one.gap))[:2]
        if len(first) < 2:
            return None
        pair, _ = pair_of(self.data.pairs, scenario, first[0].learner, first[1].learner)
        if pair is None or len(pair.seeds) < 2:
            return None
        return pair.reversal.observed.value

    def _wider(self) -> str:
        known = list(self._holding())
        if not known:
            return ""
        if None in known:
            return "holds for these users and items, for new ones it is not known"
        return f"for new users and items {sum(map(bool, known))} of {len(known)} verdicts hold"

    def _holding(self) -> Iterator[bool | None]:
        """Of each learner that is shown to be worse: for new users and items too?"""
        crossing = self.data.of(Crossing)
        for scenario in self.data.scenarios:
            ranked = self.data.ranked(scenario)
            best = _first(ranked, "best")
            for one in ranked:
                if best and one.group == "worse" and one.how == "mean":
                    yield crossing.holds(scenario, one.learner, best.learner)

    # the picture

    def _means(self) -> Plot:
        data = self.data
        shown = [data.names[name] for name in self._shown]
        rows = {
            scenario: [
                Row(data.names[name], tuple(one.values.values()), one.mean, one.group, one.partial)
                for name in self._shown
                if (one := data.standing(name, scenario))
            ]
            for scenario in data.scenarios
        }
        alt = "Mean MAE with 95 % interval and every run, by scenario."
        return panels("front", alt, shown, rows, "MAE (left: better)")

    def _against(self, focus: str) -> Plot:
        data = self.data
        others = [name for name in self._shown if name != focus]
        shown = [data.names[name] for name in others]
        rows = {s: list(self._gaps(focus, others, s)) for s in data.scenarios}
        name = data.names[focus]
        alt = f"MAE of {name} minus that of each other learner, with 95 % interval, by scenario."
        label = f"MAE of {name} minus theirs (left: {name} is better)"
        return panels("front", alt, shown, rows, label, Line("", 0.0))

    def _gaps(self, focus: str, others: Sequence[str], scenario: str) -> Iterator[Row]:
        for other in others:
            if seen := seen_from(self.data.every_pair, scenario, focus, other):
                yield Row(self.data.names[other], seen.differences, seen.difference)


def _first(ranked: Sequence[Standing], group: str) -> Standing | None:
    return next((one for one in ranked if one.group == group), None)


def _small(size: float) -> str:
    """Two digits, and never 0."""
    return number(size, 3 if size >= 0.001 else decimals_for(Interval(size, 0.0, size, 0)))


def _few(names: Sequence[str], of: int) -> str:
    """`a and b`, or `7 of 12 others`."""
    return listed(names) if len(names) <= SPELLED else f"{len(names)} of {of} others"


def _by_answer(answers: dict[str, str]) -> str:
    """`mf in W-W and C-W; nobody in W-C`, of answers by scenario."""
    where: dict[str, list[str]] = {}
    for scenario, answer in answers.items():
        if answer:
            where.setdefault(answer, []).append(scenario)
    return "; ".join(f"{answer} in {listed(some)}" for answer, some in where.items())
