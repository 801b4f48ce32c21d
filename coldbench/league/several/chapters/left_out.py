"""What the other data sets tell of one: the learner they would choose, and how it does there."""

from coldbench.league.several.cells import per_cent
from coldbench.league.several.chapters.chapter import Chapter
from coldbench.report.topic import Sentence
from coldbench.text import Cell, Column, Section, Table, number

__all__ = ["LeftOutChapter"]

HOW = (
    "Each data set is left out in turn: the learner with the highest mean skill on the others is "
    "chosen, and seen on the one left out. Lost: its skill there below the highest, in per cent of "
    "the best constant's error. Tau: Kendall's, of the order by the others and the order there. "
    "Learners that were run on every data set."
)


class LeftOutChapter(Chapter):
    """A table for all scenarios; nothing for one data set."""

    def section(self) -> Section | None:
        if not self.league.left_out:
            return None
        columns = (
            Column("left out", False), Column("scenario", False),
            Column("chosen by the others", False), Column("skill there, %"), Column("place"),
            Column("highest there", False), Column("lost, %"), Column("tau"),
        )  # fmt: skip
        rows = tuple(
            (
                Cell(one.dataset),
                Cell(one.scenario),
                Cell(self.names[one.chosen]),
                Cell(per_cent(one.skill), sort=one.skill),
                Cell(f"{one.place} of {one.learners}", sort=one.place),
                Cell(self.names[one.best]),
                Cell(per_cent(one.lost), sort=one.lost),
                Cell(number(one.tau, 2), sort=one.tau),
            )
            for one in self.league.left_out
        )
        table = Table("left-out", "Leave one data set out", columns, rows)
        return Section("left-out", "Left out", "One data set left out", HOW, (), (table,))

    def sentences(self) -> list[Sentence]:
        said = ((scenario, self.in_words(scenario)) for scenario in self.league.scenarios)
        return [Sentence(text, "left-out", "open", scenario) for scenario, text in said if text]

    def in_words(self, scenario: str) -> str:
        """What choosing by the other data sets costs."""
        mine = [one for one in self.league.left_out if one.scenario == scenario]
        if not mine:
            return ""
        worst = max(mine, key=lambda one: one.lost)
        first = sum(one.place == 1 for one in mine)
        size = f"{per_cent(worst.lost)} % (on {worst.dataset})"
        lost = f", and loses up to {size}" if worst.lost else ""
        return (
            f"The learner that the other data sets choose has the highest skill on {first} of "
            f"{len(mine)}{lost}."
        )
