"""The paragraph on methods of a paper, from what a study stores and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from pydantic import ValidationError

from coldbench.data import open_prepared
from coldbench.errors import ColdbenchError
from coldbench.report.paper.prose import Cited, Prose, cited
from coldbench.report.references import of_dataset, of_learner, suite
from coldbench.report.study import MAIN, ReportData
from coldbench.report.topics.origin import OriginTopic
from coldbench.study import Budget, Described
from coldbench.tasks import PROTOCOLS
from coldbench.text import display_name, listed

__all__ = ["methods"]

STREAMS = {
    "split": "the split",
    "episode": "the support and query ratings",
    "init": "the initial weights",
    "order": "the order of training",
}
STATES = {
    "W-W": "warm users and items",
    "W-C": "warm users, cold items",
    "C-W": "cold users, warm items",
    "C-C": "cold users and items",
}


def methods(data: ReportData) -> Prose:
    """Data, protocol, seeds, tuning, statistics, versions: what the study knows of each."""
    parts = (_learners, _data, _protocol, _tests, _seeds, _epochs, _tuning, _statistics, _versions)
    sentences = (list(part(data)) for part in parts)
    said = [one for one in sentences if one]
    joined = chain.from_iterable([*one, " "] for one in said)
    return list(joined)[:-1]


def _learners(data: ReportData) -> Iterator[str | Cited]:
    count = len(data.planned)
    names = [name for name in data.planned if name not in data.departures]
    versions = {str(r.provenance.get("libraries", {}).get("coldbench", "")) for r in data.records}
    version = ", ".join(sorted(versions - {""}))
    yield f"We compare {count} learner{'' if count == 1 else 's'} with coldbench"
    yield f" {display_name(version)}: " if version else ": "
    for place, name in enumerate(names):
        last = place == len(names) - 1
        yield ("" if place == 0 else " and " if last else ", ") + display_name(name)
        base = str(data.manifest.learners.get(name, {}).get("base", name))
        yield from cited(of_learner(base))
    left = count - len(names)
    yield f", and {left} that depart from these in single options or switches." if left else "."


def _data(data: ReportData) -> Iterator[str | Cited]:
    yield f"The data set is {display_name(data.dataset, 60)}"
    yield from cited(of_dataset(data.dataset))
    counts, part = _counts(data), data.manifest.part
    drawn = f", of which {part:,} users were drawn at random" if part else ""
    held = f"{',' if drawn else ''} with {counts}" if counts else ""
    yield f"{drawn}{held}."


def _counts(data: ReportData) -> str:
    """As stored; of studies of earlier versions, from the very data where they are at hand."""
    known = data.manifest.data
    ratings, users, items = known.ratings, known.users, known.items
    if not ratings:
        try:
            opened = open_prepared(str(data.manifest.fixed["dataset_sha256"]))
        except ColdbenchError:
            return ""
        found = Described.of(opened, frames=False)
        ratings, users, items = found.ratings, found.users, found.items
    return f"{ratings:,} ratings of {items:,} items by {users:,} users"


def _protocol(data: ReportData) -> Iterator[str]:
    numbers = dict(data.manifest.fixed["protocol_options"])
    name, version = display_name(data.protocol), numbers.get("version", 1)
    yield f"Protocol {name}, version {version}: "
    try:
        yield PROTOCOLS[data.protocol].model_validate(numbers).in_words()
    except (KeyError, ValidationError):
        given = ", ".join(f"{key} {value}" for key, value in numbers.items() if key != "version")
        yield display_name(f"its numbers are {given}.", 400)


def _tests(data: ReportData) -> Iterator[str]:
    """How many ratings are predicted at each seed, by scenario."""
    full = data.full[(data.full["metric"] == MAIN) & data.full["value"].notna()]
    told = []
    for scenario in data.scenarios:
        counts = full.loc[full["scenario"] == scenario, "n"]
        low, high = int(counts.min()), int(counts.max())
        size = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        told.append(f"{size} for {STATES[scenario]} ({scenario})")
    yield f"Ratings predicted at each seed: {listed(told)}."


def _seeds(data: ReportData) -> Iterator[str]:
    vectors = {record.job.seeds for record in data.records}
    moving = [
        what
        for name, what in STREAMS.items()
        if len({getattr(vector, name) for vector in vectors}) > 1
    ]
    count, done = len(data.seeds), data.finished
    yield f"Each learner is trained and tested at {count} seed{'' if count == 1 else 's'}"
    yield f"; a seed changes {listed(moving)}, and" if moving else ";"
    yield " at one seed all learners meet the same users, items and ratings"
    planned, looks = len(data.manifest.jobs), data.manifest.looks
    yield "." if done == planned else f"; {done:,} of {planned:,} runs finished."
    if looks:
        counts = listed([str(look) for look in looks], len(looks))
        yield f" Seeds were added in looks that were planned beforehand, at {counts} seeds, until"
        yield " every comparison was settled or they ended."


def _epochs(data: ReportData) -> Iterator[str]:
    """Of learners that have epochs to choose."""
    configs = data.manifest.learners.values()
    if not any(int(c.get("epochs", 1)) > 1 and not c.get("fixed_epochs") for c in configs):
        return
    fixed = data.manifest.fixed
    metric = display_name(fixed.get("stop_by", MAIN)).upper()
    yield f"The number of epochs is chosen by {metric} on validation tasks"
    refit = ", and learners are then trained anew on all training ratings"
    yield f", which no test rating is part of{refit if fixed.get('refit', True) else ''}."


def _tuning(data: ReportData) -> Iterator[str | Cited]:
    budgets = {n: Budget.model_validate(b) for n, b in data.manifest.tuning.items()}
    tuned = {name: budget for name, budget in budgets.items() if name in data.planned}
    if not tuned:
        yield "No learner was tuned for this study."
        return
    halved = [budget for budget in tuned.values() if budget.rungs]
    trials = _range([budget.trials for budget in tuned.values()])
    seeds = sorted({seed for budget in tuned.values() for seed in budget.seeds})
    yield f"{len(tuned)} of {len(data.planned)} learners were tuned by their validation MAE"
    kind = "configurations" if halved else "trials"
    yield f" with {trials} {kind} each, the defaults first"
    yield from cited([suite()["bergstra2011"]])
    if halved:
        last = max(budget.rungs[-1].configurations for budget in halved)
        yield f", by successive halving to {last}"
        yield from cited([suite()["jamieson2016"]])
    if seeds:
        yield f", on seed{'s' if len(seeds) > 1 else ''} {listed([str(seed) for seed in seeds])}"
        shared = set(map(str, seeds)) & set(data.seeds)
        yield "" if shared else ", which this study does not use"
    moved = [display_name(name) for name, budget in tuned.items() if _moved(data, name, budget)]
    yield f"; options of {listed(moved)} were changed after that." if moved else "."


def _moved(data: ReportData, name: str, budget: Budget) -> bool:
    """Whether a learner ran with other options than tuning found."""
    config = data.manifest.learners[name]
    return any(config.get(key) != value for key, value in budget.options.items())


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low} to {high}"


def _statistics(data: ReportData) -> Iterator[str | Cited]:
    if len(data.seeds) < 2:
        yield "With one seed there is no interval and no test."
        return
    yield "Means over seeds have 95 % t intervals"
    yield from cited([suite()["student1908"]])
    tests = [family.tests for family in data.families.values() if family.pairs]
    if not tests:
        yield "."
        return
    several = max(len(one.pairs) for one in tests) > 1
    pairs = _range([len(one.pairs) for one in tests])
    yield ". Learners are compared on common seeds; in each scenario "
    yield f"the {pairs} pairs are one family, tested" if several else "their difference is tested"
    yield f" at 5 % by its {'largest ' if several else ''}t statistic"
    yield from _chance(any(test.flips for test in tests), any(test.skewed for test in tests))
    if data.departures or not several:
        yield "."
        return
    yield "; a learner that is shown to be worse than another leaves, and the others are tested"
    yield " again, until those are left that may be the best"
    yield from cited([suite()["romano2005"], suite()["hansen2011"]])
    if any(one.how == "runs" for one in data.standings.values()):
        yield "; where a mean is too unsteady, single runs are compared, corrected for all pairs"
        yield from cited([suite()["mann1947"]])
    yield "."


def _chance(flips: bool, skewed: bool) -> Iterator[str | Cited]:
    if flips:
        yield ", to which the signs of whole seeds are exchanged"
        yield from cited([suite()["westfall1993"]])
    if skewed or not flips:
        yield ", where runs are strongly skewed with" if flips else ", with"
        yield " normal runs and the error of the learner that varies most"
        yield from cited([suite()["games1976"]])


def _versions(data: ReportData) -> Iterator[str]:
    facts: Mapping[str, str] = dict(data.of(OriginTopic).origin.facts)
    revision, python = facts.get("code revision", ""), facts.get("Python", "")
    libraries, where = facts.get("libraries", ""), facts.get("platform", "")
    parts = [
        f"revision {revision}" if revision else "",
        f"Python {python}" if python else "",
        libraries,
        where,
        facts.get("processor", ""),
        facts["device"] if facts.get("device", "cpu") != "cpu" else "",
    ]
    if said := ", ".join(part for part in parts if part):
        yield f"Code and versions: {said}."
