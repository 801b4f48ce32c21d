"""Cells of the site's tables."""

from coldbench.league.several.cells import per_cent
from coldbench.league.site.places import Beside, Place
from coldbench.league.site.slugs import slug
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, number, range_of

__all__ = ["beside_cell", "learner_cell", "mae_cell", "page_of", "skill_cell"]

MARKED = ("best", "contender", "unsettled")


def page_of(kind: str, name: str, root: str = "") -> str:
    """The page of a learner or data set; kind: `learners` or `datasets`."""
    return f"{root}{kind}/{slug(name)}.html"


def learner_cell(name: str, shown: str, root: str, yardstick: bool = False) -> Cell:
    """Its name, which leads to its page."""
    mark = "reference" if yardstick else ""
    return Cell(shown, mark=mark, beside=page_of("learners", name, root))


def mae_cell(one: Place | None) -> Cell:
    """The mean with half of its interval, and its mark."""
    if one is None or one.mean.value is None:
        return Cell(NA)
    width = one.mean.width
    note = "" if width is None else f"± {number(width / 2)}"
    return Cell(number(one.mean.value), note, _mark(one), one.mean.value)


def skill_cell(one: Place | None) -> Cell:
    """The share of the best constant's error that is gone, with the error itself."""
    skill = one.skill if one else None
    if one is None or skill is None or skill.value is None:
        return Cell(NA)
    return Cell(per_cent(skill.value), number(one.mean.value), _mark(one), skill.value)


def _mark(one: Place) -> str:
    return one.group if one.group in MARKED else ""


def beside_cell(beside: Beside | None) -> Cell:
    """A difference with its interval, blue where it is shown to be better, red where worse."""
    if beside is None or beside.difference.value is None:
        return Cell(NA)
    mark = {"better": "best", "worse": "bad"}.get(beside.outcome, "muted")
    note = _limits(beside.difference)
    value = beside.difference.value
    open_ = " n.s." if beside.outcome == "open" else ""
    return Cell(f"{number(value)}{open_}", note, mark, value)


def _limits(value: Interval) -> str:
    limits = range_of(value)
    return "" if limits == NA else limits
