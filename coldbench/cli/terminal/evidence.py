"""The items worth asking, and what asking them is worth."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from coldbench.cli.terminal.screen import open_console, table
from coldbench.text import display_name, number, p_value, plain, range_of

if TYPE_CHECKING:
    from coldbench.evidence import Evidence

__all__ = ["print_evidence"]


def print_evidence(evidence: "Evidence", top: int, file: Path) -> None:
    """Two tables, and where the files are."""
    from coldbench.evidence.write import ranking, title

    console = open_console()
    best = ranking(evidence)[:top]
    lines = [
        (
            rank,
            display_name(title(evidence, item), 60),
            number(float(evidence.score[item])),
            number(float(evidence.informativeness[item])),
            f"{evidence.popularity[item]:,.0f}",
        )
        for rank, item in enumerate(best, 1)
    ]
    columns = ("rank", "item", "score", evidence.kind, "ratings")
    console.print(table("Items worth asking a new user about", columns, lines))
    answers = []
    for answer in evidence.answers:
        difference = answer.against.difference if answer.against else None
        answers.append(
            (
                answer.questions or "all",
                answer.strategy,
                number(answer.mae.value),
                range_of(answer.mae),
                number(difference.value) if difference else "",
                range_of(difference) if difference else "",
                p_value(answer.against.p) if answer.against else "",
            )
        )
    headings = ("questions", "asked by", "MAE", "95 %", "evidence − this", "95 %", "p")
    users = sum(evidence.users) / len(evidence.users)
    name = display_name(evidence.learner)
    heading = f"{name}, {len(evidence.seeds)} seeds, {users:,.0f} cold users each"
    console.print(table(heading, headings, answers))
    console.print(
        "A user is asked about items that he or she has rated; the query ratings stay the same. "
        "Below 0: evidence is better. p is not corrected for the number of comparisons."
    )
    console.print(Text(f"Files: {plain(file.parent)}"), soft_wrap=True)
