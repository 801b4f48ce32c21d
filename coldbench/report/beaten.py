"""What beats the yardsticks and what does not, in one line."""

from collections.abc import Iterator, Mapping, Sequence

from coldbench.study import YARDSTICKS
from coldbench.text import listed

__all__ = ["Outcomes", "in_a_line"]

FEW = 4  # more learners than this are counted, not named
Outcomes = Mapping[tuple[str, str], Mapping[str, str]]
"""By learner and scenario: by yardstick `better`, `worse` or `open`."""


def in_a_line(outcomes: Outcomes, names: Mapping[str, str], scenarios: Sequence[str]) -> str:
    """As in: mamo is shown to beat neither the best constant nor bias in C-C. `` for no outcome.

    names: how learners are shown; scenarios: those of the study.
    """
    if len({learner for learner, _ in outcomes}) > FEW:
        return _counted(outcomes, scenarios)
    parts = [
        claim.format(who=listed([names[name] for name in some]), be=_be(some)) + f" {where}"
        for claim, places in (*_wins(outcomes), *_losses(outcomes))
        for some, where in _grouped(places, scenarios, "any" if _denies(claim) else "every")
    ]
    return f"{'; '.join(parts)}." if parts else ""


def _wins(outcomes: Outcomes) -> list[tuple[str, list[tuple[str, str]]]]:
    """Claims and where they hold, those of learners that beat most first."""
    places: dict[str, list[tuple[str, str]]] = {}
    for place, met in sorted(outcomes.items(), key=lambda item: -_won(item[1])):
        places.setdefault(_claim(met), []).append(place)
    return list(places.items())


def _won(met: Mapping[str, str]) -> int:
    return list(met.values()).count("better")


def _claim(met: Mapping[str, str]) -> str:
    won = [YARDSTICKS[name] for name, outcome in met.items() if outcome == "better"]
    rest = [YARDSTICKS[name] for name, outcome in met.items() if outcome != "better"]
    if not won and len(rest) == 1:
        return f"{{who}} {{be}} not shown to beat {rest[0]}"
    if not won:
        return f"{{who}} {{be}} shown to beat neither {' nor '.join(rest)}"
    both = "both " if len(won) > 1 and not rest else ""
    but = f" but not {listed(rest)}" if rest else ""
    return f"{{who}} {{be}} shown to beat {both}{listed(won)}{but}"


def _denies(claim: str) -> bool:
    """Whether it says of its learners that they beat nothing."""
    return " not shown to beat " in claim or " neither " in claim


def _losses(outcomes: Outcomes) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for name, called in YARDSTICKS.items():
        lost = [place for place, met in outcomes.items() if met.get(name) == "worse"]
        yield f"{called} is shown to beat {{who}}", lost


def _grouped(
    places: Sequence[tuple[str, str]], scenarios: Sequence[str], whole: str
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The learners of each scenario, and all scenarios in which they are the same ones.

    whole: what all scenarios together are called.
    """
    same: dict[tuple[str, ...], list[str]] = {}
    for scenario in scenarios:
        some = tuple(learner for learner, where in places if where == scenario)
        if some:
            same.setdefault(some, []).append(scenario)
    for some, where in same.items():
        every = len(where) == len(scenarios) > 1
        yield some, f"in {whole} scenario" if every else f"in {listed(where)}"


def _counted(outcomes: Outcomes, scenarios: Sequence[str]) -> str:
    """How many beat all yardsticks, and how many none."""
    places = {s: [met for (_, where), met in outcomes.items() if where == s] for s in scenarios}
    tested = {scenario: mets for scenario, mets in places.items() if mets}
    whole = {s: sum(_won(met) == len(met) for met in mets) for s, mets in tested.items()}
    none = {s: sum(_won(met) == 0 for met in mets) for s, mets in tested.items()}
    called = [YARDSTICKS[name] for name in YARDSTICKS if any(name in m for m in outcomes.values())]
    both, neither = ("both ", f"neither {' nor '.join(called)}") if called[1:] else ("", "")
    learners = len({learner for learner, _ in outcomes})
    rest = f"{_numbers(none)} are shown to beat {neither}" if neither and any(none.values()) else ""
    won = f"{_numbers(whole)} are shown to beat {both}{listed(called)}"
    return f"Of {learners} learners, {'; '.join(filter(None, (won, rest)))}."


def _numbers(counts: Mapping[str, int]) -> str:
    """`6 in W-W and 7 in C-C`."""
    if len(counts) > 1 and len(set(counts.values())) == 1:
        return f"{next(iter(counts.values()))} in every scenario"
    return listed([f"{count} in {scenario}" for scenario, count in counts.items()])


def _be(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
