"""A page for each learner: what it is, where it wins and fails, what it costs."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

import coldbench
from coldbench import registry
from coldbench.errors import ColdbenchError
from coldbench.league.families import family_of
from coldbench.league.site.cells import page_of
from coldbench.league.site.files import Files
from coldbench.league.site.pages.league import Grid
from coldbench.league.site.pages.record import costs_of, picture_of, places_table, verdicts
from coldbench.league.site.papers import papers_of
from coldbench.league.site.sheets import Sheet
from coldbench.league.site.slugs import slug
from coldbench.report.drawing.draw import Draw
from coldbench.report.drawing.svg import inline
from coldbench.report.references import of_learner
from coldbench.study import learner_facts

__all__ = ["add_learners"]

ROOT = Path(coldbench.__file__).parent.parent


def add_learners(files: Files, grid: Grid, draw: Draw) -> None:
    """The list of learners and a page for each."""
    plots = {name: picture_of(grid, name) for name in grid.learners}
    drawn = draw([plot for plot in plots.values() if plot], ())
    for name, shown in grid.learners.items():
        plot = plots[name]
        picture = Markup(inline(next(drawn)["svg"], plot.key, plot.alt)) if plot else ""
        _add(files, grid, name, shown, picture)
    families: dict[str, list[tuple[str, str, str]]] = {}
    for name, shown in grid.learners.items():
        said = (shown, page_of("learners", name), _what(grid.base(name)))
        families.setdefault(family_of(grid.base(name)), []).append(said)
    files.page("learners.html", "learners.html", "Learners", families=sorted(families.items()))


def _add(files: Files, grid: Grid, name: str, shown: str, picture: Markup | str) -> None:
    base, stem = grid.base(name), f"learners/{slug(name)}"
    places = grid.of(name)
    files.tables(stem, places)
    files.page(
        "learner.html",
        f"{stem}.html",
        shown,
        family=family_of(base),
        base=base if base != name else "",
        verdicts=verdicts(grid, name),
        picture=picture,
        sheet_of=Sheet(places_table(grid, name), slug(name)),
        costs=costs_of(grid, name),
        papers=papers_of(of_learner(base)),
        **_card(files, base),
    )


def _what(base: str) -> str:
    facts, _ = _facts(base)
    return str(facts.get("what", ""))


def _facts(base: str) -> tuple[dict[str, Any], str]:
    """Those of `coldbench describe`, and why there are none."""
    try:
        return learner_facts(base), ""
    except ColdbenchError as error:
        return {}, str(error)


def _card(files: Files, base: str) -> dict[str, Any]:
    """code: (path, address, text) of our own learners; that of others is theirs to publish."""
    facts, problem = _facts(base)
    code = None
    if facts and registry.plugins("learner")[base].package == "coldbench":
        path = facts["target"].partition(":")[0].replace(".", "/") + ".py"
        text = _text(ROOT / path)
        code = (path, files.frame.to(files.frame.code, "../", path), text)
    return {"facts": facts, "problem": problem, "code": code}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
