"""The front: the answer in three sentences and two pictures, and the way to the rest."""

from collections.abc import Sequence

from markupsafe import Markup

from coldbench.league.site.files import Files
from coldbench.league.site.pages.claims import Answered
from coldbench.league.site.reported import Reported

__all__ = ["add_front"]

SENTENCES = 3  # that a first screen has room for


def add_front(
    files: Files,
    answer: Sequence[str],
    pictures: tuple[Markup, Markup],
    mains: Sequence[Reported],
    answered: Sequence[Answered],
) -> None:
    """answer, pictures: of the league over data sets, else of the largest study: the first screen,
    and the best meta-learners beside the best others, which may be empty."""
    title = "Do cold-start meta-learners earn their cost?"
    files.page(
        "front.html",
        "index.html",
        title,
        answer=answer[:SENTENCES],
        picture=pictures[0],
        gaps=pictures[1],
        mains=mains,
        answered=[one for one in answered if one.answer],
    )
