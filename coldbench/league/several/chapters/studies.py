"""The studies that the league is made of, each with its own report beside the page."""

from coldbench.league.several.chapters.chapter import Chapter
from coldbench.league.several.gathering import Member
from coldbench.text import Cell, Column, Section, Table, display_name

__all__ = ["StudiesChapter"]

HOW = "One study a data set; its own report has the numbers of each seed and all comparisons."


class StudiesChapter(Chapter):
    """A table; the names lead to the reports."""

    def section(self) -> Section:
        columns = (
            Column("data set", False), Column("protocol", False), Column("learners"),
            Column("seeds"), Column("finished runs"), Column("ratings"), Column("users"),
            Column("items"),
        )  # fmt: skip
        rows = tuple(_row(member) for member in self.league.members)
        table = Table("studies", "Studies", columns, rows)
        return Section("studies", "Studies", "The studies", HOW, (), (table,))


def _row(member: Member) -> tuple[Cell, ...]:
    data, described = member.data, member.data.manifest.data
    version = data.manifest.fixed["protocol_options"].get("version", 1)
    counts = (described.ratings, described.users, described.items)
    beside = f"{data.study.path.resolve().name}/report.html"
    return (
        Cell(display_name(member.name), display_name(data.dataset), beside=beside),
        Cell(f"{display_name(data.protocol)}, version {version}"),
        Cell(str(len(data.asked))),
        Cell(str(len(data.seeds))),
        Cell(f"{data.finished} of {len(data.manifest.jobs)}"),
        *(Cell(f"{count:,}" if count else "n/a") for count in counts),
    )
