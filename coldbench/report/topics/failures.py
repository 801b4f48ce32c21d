"""What did not finish, or finished with a constant, and what that does to the means."""

from collections import Counter
from collections.abc import Sequence

from coldbench.report.study import MAIN, ReportData
from coldbench.report.topic import Sentence, Topic
from coldbench.running import RunRecord
from coldbench.statistics import Interval, exact_share, failure_rate
from coldbench.text import (
    NA,
    Cell,
    Column,
    Section,
    Table,
    display_name,
    interval,
    listed,
    number,
    percent,
    percent_cell,
    plain,
)

__all__ = ["Failures"]

MOST_PLACES = 3
FALLBACK = "global-mean"  # what a failed run is worth, where the study has it
HOW = (
    "Runs that failed or diverged are never dropped silently: the means elsewhere are over "
    "finished runs, and the table here says how often there was none. A learner that declines "
    "has a reason and did not fail."
)
RARE = (
    "A mean over seeds assumes that no rare collapse is still to come: limits of shares are exact "
    "(Clopper-Pearson, 95 %), and none of ten runs may mean up to 31 %. Where one run in ten ends "
    "far from the others, the 95 % interval of a mean over ten seeds holds in 63 % of studies."
)


TRACES = (
    "The whole traceback of a run that failed is in runs/RUN/traceback.txt of the study's folder, "
    "and in its record."
)


class Failures(Topic):
    """Failures and missing runs."""

    order = 160

    def section(self) -> Section:
        data = self.data
        made = (_rates(data), _reasons(data), _constant(data), _holes(data), _shares(data))
        tables = tuple(table for table in made if table.rows)
        whole = not data.unfinished and not len(data.missing)
        notes = ["All planned runs finished.", RARE] if whole else [RARE]
        notes += [TRACES] if any(record.traceback for record in data.unfinished) else []
        title = "Failures and missing runs"
        return Section("failures", "Failures", title, HOW, (), tables, tuple(notes))

    def sentences(self) -> list[Sentence]:
        """What failed, collapsed or is missing."""
        data = self.data
        failed = [record for record in data.unfinished if data.failed(record)]
        texts = []
        if failed:
            runs = _count(len(failed), "run")
            texts.append(f"{runs} failed or diverged ({_who(data, failed)}){_where(failed)}.")
        if data.collapsed:
            runs = _count(len(data.collapsed), "run")
            texts.append(f"{runs} predicted a constant ({_who(data, data.collapsed)}).")
        if len(data.missing):
            runs = _count(len(data.missing), "planned run")
            texts.append(f"{runs} not done yet: this report is partial.")
        return [Sentence(text, "failures", "warning") for text in texts]


def _who(data: ReportData, records: Sequence[RunRecord]) -> str:
    return listed(list(dict.fromkeys(data.names[record.job.learner] for record in records)))


def _where(records: Sequence[RunRecord]) -> str:
    """The lines of their own code at which runs failed, most first."""
    places = Counter(str(record.place) for record in records if record.place)
    told = [display_name(place, 200) for place, _ in places.most_common(MOST_PLACES)]
    more = f" and {len(places) - MOST_PLACES} other places" if len(places) > MOST_PLACES else ""
    return f": at {'; '.join(told)}{more}" if told else ""


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _shares(data: ReportData) -> Table:
    columns = (
        Column("learner", False),
        Column("failed or diverged"),
        Column("share, 95 % interval"),
        Column("finished with a constant"),
        Column("share, 95 % interval"),
    )
    known = Counter(r.job.learner for r in data.records if r.concentration)
    ended = Counter(r.job.learner for r in data.records if r.status == "finished" or data.failed(r))
    rows = tuple(
        (
            Cell(data.names[name]),
            *_share(data.lost(name), ended[name]),
            *_share(data.constant(name), known[name]),
        )
        for name in data.learners
    )
    return Table("shares", "Failures and collapses", columns, rows, big=len(rows) > 16)


def _share(count: int, n: int) -> tuple[Cell, Cell]:
    share = exact_share(count, n)
    return Cell(f"{count} of {n}", mark="bad" if count else ""), percent_cell(share)


def _rates(data: ReportData) -> Table:
    columns = (
        Column("learner", False),
        Column("scenario", False),
        Column("failed or diverged"),
        Column("rate, 95 % interval"),
        Column("mean of finished runs"),
        Column(f"mean, a failed run counting as {FALLBACK}"),
    )
    outcomes = _outcomes(data)
    rows = []
    for name in data.learners:
        for scenario in data.scenarios:
            mine = outcomes.get((name, scenario), [])
            if any(failed for _, _, failed in mine):
                seeds, values, failed = zip(*mine, strict=True)
                fallback = _fallback(data, scenario, seeds)
                rate = failure_rate(values, failed, fallback=fallback)
                share = Interval(rate.value, rate.low, rate.high, rate.n)
                rows.append(
                    (
                        Cell(data.names[name]),
                        Cell(scenario),
                        Cell(f"{rate.failed} of {rate.n}", mark="bad"),
                        percent_cell(share),
                        interval(rate.conditional),
                        interval(rate.unconditional),
                    )
                )
    return Table("failures", "How often runs fail", columns, tuple(rows))


def _outcomes(data: ReportData) -> dict[tuple[str, str], list[tuple[str, float, bool]]]:
    """Seed, MAIN and whether it failed, of each run that has MAIN if it finished, by learner and
    scenario; none of learners that declined every run."""
    main = data.full[data.full["metric"] == MAIN]
    columns = main[["learner", "scenario", "seed", "value", "status"]]
    outcomes: dict[tuple[str, str], list[tuple[str, float, bool]]] = {}
    for learner, scenario, seed, value, status in columns.itertuples(index=False, name=None):
        failed = status != "finished"
        if learner not in data.declining and (failed or value == value):
            outcomes.setdefault((learner, scenario), []).append((seed, value, failed))
    return outcomes


def _fallback(data: ReportData, scenario: str, seeds: Sequence[str]) -> list[float] | None:
    """FALLBACK's value at each seed, since a hard seed is hard for both; its mean where it failed
    too."""
    standing = data.standing(FALLBACK, scenario)
    if standing is None or standing.mean.value is None:
        return None
    return [standing.values.get(seed, standing.mean.value) for seed in seeds]


def _reasons(data: ReportData) -> Table:
    titles = ["learner", "seed", "status", "reason"]
    located = any(record.place or record.traceback for record in data.unfinished)
    titles += ["line of its own code", "run"] if located else []
    columns = tuple(Column(title, False) for title in titles)
    rows = tuple(
        (
            Cell(data.names[record.job.learner]),
            Cell(display_name(record.job.seeds.label)),
            Cell(record.status, mark="muted" if record.status == "declined" else "bad"),
            Cell(display_name(record.reason or NA, 300)),
            *(_located(record) if located else ()),
        )
        for record in data.unfinished
    )
    return Table("reasons", "Runs that did not finish", columns, rows, big=len(rows) > 20)


def _located(record: RunRecord) -> tuple[Cell, Cell]:
    place = display_name(str(record.place), 200) if record.place else NA
    return Cell(place), Cell(record.job_hash if record.traceback else NA)


def _constant(data: ReportData) -> Table:
    columns = (
        Column("learner", False),
        Column("seed", False),
        Column("most frequent prediction, share"),
        Column("sd of predictions"),
        Column("entropy"),
    )
    rows = tuple(
        (
            Cell(data.names[record.job.learner]),
            Cell(display_name(record.job.seeds.label)),
            Cell(percent(record.concentration["top_share"], 1), mark="bad"),
            Cell(number(record.concentration["sd"])),
            Cell(number(record.concentration["entropy"], 3)),
        )
        for record in data.collapsed
    )
    title = "Runs that finished and predict a constant"
    return Table("constant", title, columns, rows, big=len(rows) > 20)


def _holes(data: ReportData) -> Table:
    columns = (Column("learner", False), Column("seeds without a run", False))
    rows = []
    for name in data.learners:
        seeds = [plain(seed) for seed in data.missing.loc[data.missing["learner"] == name, "seed"]]
        if seeds:
            rows.append((Cell(data.names[name]), Cell(display_name(", ".join(seeds), 200))))
    return Table("missing", "Planned runs that are not there yet", columns, tuple(rows))
