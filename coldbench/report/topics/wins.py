"""Seeds won: at how many seeds was each learner the best, by whatever margin?"""

from dataclasses import dataclass
from functools import cached_property

from coldbench.report.drawing.matrix import matrix
from coldbench.report.drawing.style import COLOURS, Plot
from coldbench.report.topic import Sentence, Topic
from coldbench.report.topics.ranks import Ranking, Ranks
from coldbench.text import NA, Cell, Column, Section, Table

__all__ = ["Win", "Wins"]

HOW = (
    "At how many of the seeds that all learners finished did each have the lowest MAE? Whoever "
    "publishes one run picks one of these seeds. A win may be by any margin, and equal learners "
    "win by chance: what is shown to differ is under Differences."
)


@dataclass(frozen=True, slots=True)
class Win:
    """won: of `seeds` seeds; where several learners share the lowest MAE, each wins."""

    scenario: str
    learner: str
    seeds: int
    won: int


class Wins(Topic):
    """Nothing for an ablation, where no learner is called the best, and for a single learner."""

    order = 125

    @cached_property
    def wins(self) -> dict[tuple[str, str], Win]:
        """By scenario and learner."""
        rankings = () if self.data.ablation else self.data.of(Ranks).rankings
        return {
            (ranking.scenario, name): self._win(ranking, name)
            for ranking in rankings
            for name in ranking.learners
        }

    def _win(self, ranking: Ranking, learner: str) -> Win:
        runs = [self.data.values(name, ranking.scenario) for name in ranking.learners]
        mine = self.data.values(learner, ranking.scenario)
        won = sum(mine[seed] == min(one[seed] for one in runs) for seed in ranking.seeds)
        return Win(ranking.scenario, learner, len(ranking.seeds), won)

    @property
    def _shown(self) -> list[str]:
        return [scenario for scenario in self.data.scenarios if self._won(scenario)]

    def _won(self, scenario: str) -> list[Win]:
        return [win for win in self.wins.values() if win.scenario == scenario]

    @property
    def _names(self) -> dict[str, str]:
        return {name: self.data.names[name] for name in self.data.names if name in self.data.asked}

    def section(self) -> Section | None:
        if not self.wins:
            return None
        columns = (Column("learner", False), *map(Column, self._shown))
        rows = tuple(
            (Cell(name), *(_cell(self.wins.get((s, learner))) for s in self._shown))
            for learner, name in self._names.items()
        )
        table = Table("wins", "Seeds won", columns, rows)
        return Section("wins", "Seeds won", "Seeds won by each learner", HOW, (), (table,))

    def figures(self) -> list[Plot]:
        """One for all scenarios: learners by scenarios."""
        if not self.wins:
            return []
        names = self._names
        cells = {
            (list(names).index(win.learner), self._shown.index(win.scenario)): (
                str(win.won), win.won / win.seeds
            )
            for win in self.wins.values()
        }  # fmt: skip
        alt = " ".join(f"{scenario}: {self._counts(scenario)}." for scenario in self._shown)
        rows = list(names.values())
        return [matrix("wins", "Seeds won", alt, rows, self._shown, cells, COLOURS[2])]

    def files(self) -> dict[str, list[dict[str, object]]]:
        return {
            "wins.csv": [
                {"scenario": w.scenario, "learner": w.learner, "n_seeds": w.seeds, "won": w.won}
                for w in self.wins.values()
            ]
        }

    def sentences(self) -> list[Sentence]:
        several = [s for s in self._shown if self._won(s)[0].seeds > 1]
        return [Sentence(f"{s}: {self._counts(s)}.", "wins", "open", "Seeds won") for s in several]

    def _counts(self, scenario: str) -> str:
        wins = sorted(self._won(scenario), key=lambda win: -win.won)
        winners = [f"{self.data.names[win.learner]} {win.won}" for win in wins if win.won]
        return f"{', '.join(winners)} ({wins[0].seeds} seeds)"


def _cell(win: Win | None) -> Cell:
    return Cell(NA) if win is None else Cell(f"{win.won} of {win.seeds}", sort=float(win.won))
