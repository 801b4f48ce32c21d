"""Tables of the league over data sets for the pages, from the CSV files of its report."""

import io
from pathlib import Path

import pandas as pd

__all__ = ["gaps", "leaders", "orders", "over_ridge"]

LEAGUE = Path(__file__).parent.parent / "results" / "league"
CELLS = ("W-W", "W-C", "C-W", "C-C")
FIRST = 3  # learners of a data set
NAMED = (
    "gbdt-stack", "gbdt", "bmf", "gp", "mf", "dropoutnet", "tanp", "icl", "r2d2", "meta-sgd",
    "melu", "mamo", "plain-finetune", "bias", "global-median",
)  # fmt: skip


def gaps() -> str:
    """The best meta-learner beside the best other learner, in per cent of the constant's error;
    +: the meta-learner is ahead; bold: shown. Below them the limits of one comparison alone."""
    table = _read("meta")
    lines = _head(["", *CELLS])
    for name, mine in table.groupby("data_set", sort=False):
        cells = []
        for scenario in CELLS:
            (one,) = mine[mine["scenario"] == scenario].itertuples()
            mean = _per_cent(one.gap)
            mark = "**" if one.decision in ("better", "worse") else ""
            who = f"`{one.meta_learner}`, `{one.other}`"
            limits = f"[{_per_cent(one.gap_low)}, {_per_cent(one.gap_high)}]"
            cells.append(f"{mark}{mean}{mark} {limits}<br>{who}")
        lines.append(_row([f"`{name}`", *cells]))
    return "\n".join(lines) + "\n"


def leaders() -> str:
    """The learners of the lowest MAE in W-W and C-C on each data set."""
    table = _read("skills").dropna(subset=["rank"])
    lines = _head(["", "warm users, warm items", "cold users, cold items", "`ridge`", "constant"])
    for name, mine in table.groupby("data_set", sort=False):
        cells = []
        for scenario in ("W-W", "C-C"):
            some = mine[mine["scenario"] == scenario].nsmallest(FIRST, "mae")
            cells.append(", ".join(f"`{one.learner}` {_mae(one.mae)}" for one in some.itertuples()))
        for learner in ("ridge", "global-median"):
            own = mine[mine["learner"] == learner].set_index("scenario")["mae"]
            cells.append(f"{_mae(own['W-W'])}, {_mae(own['C-C'])}")
        lines.append(_row([f"`{name}`", *cells]))
    return "\n".join(lines) + "\n"


def over_ridge() -> str:
    """What more of the constant's error than `ridge` a learner removes, over data sets, with the
    interval of that mean; on how many it is shown to beat `ridge` in that cell, and its time."""
    table = _read("league").set_index(["learner", "scenario"])
    lines = _head(["learner", *CELLS, "times `ridge`"])
    for name in NAMED:
        cells = []
        for scenario in CELLS:
            one = table.loc[(name, scenario)]
            limits = f"[{_per_cent(one.over_ridge_low)}, {_per_cent(one.over_ridge_high)}]"
            won = f", {one.beats_ridge:.0f} of {one.compared_with_ridge:.0f}"
            cells.append(f"{_per_cent(one.over_ridge)} {limits}{won if one.beats_ridge else ''}")
        lines.append(_row([f"`{name}`", *cells, f"{table.loc[(name, 'W-W')].times:,.3g}"]))
    return "\n".join(lines) + "\n"


def orders() -> str:
    """Kendall's tau of the order of learners between two data sets, and what halves of the seeds
    of one data set repeat; what the choice of all others loses on the one left out."""
    table, left = _read("agreement"), _read("left-out")
    lines = _head(["", "mean of all pairs", "least, most", "halves of one, least", "lost at most"])
    for scenario in CELLS:
        mine = table[table["scenario"] == scenario].dropna(subset=["tau"])
        pairs = mine[mine["data_set"] != mine["other"]]["tau"]
        halves = mine[mine["data_set"] == mine["other"]]["tau"]
        lost = left[left["scenario"] == scenario]["lost"].max()
        ends = f"{_tau(pairs.min())}, {_tau(pairs.max())}"
        cells = [_tau(pairs.mean()), ends, _tau(halves.min()), f"{100 * lost:.1f} %"]
        lines.append(_row([scenario, *cells]))
    return "\n".join(lines) + "\n"


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO((LEAGUE / f"{name}.csv").read_text("utf-8")))


def _head(cells: list[str]) -> list[str]:
    return [_row(cells), "|" + "---|" * len(cells)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _per_cent(value: float) -> str:
    """`+1.9`, of a share of .019."""
    text = f"{100 * value:+.1f}"
    return text[1:] if text in ("+0.0", "-0.0") else text


def _tau(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".")


def _mae(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
