"""Seeds won by each learner: counted, in all formats, and all of it in one file."""

import csv
from collections.abc import Callable
from pathlib import Path

from coldbench.report import build
from coldbench.report.document import TOPICS, Document
from coldbench.report.topics.wins import Wins
from coldbench.study.store import Study
from tests.report.fake import departure, fake_study

LEVELS = {
    ("a", 0): 0.0, ("a", 1): 0.0, ("a", 2): 0.9, ("a", 3): 0.0,
    ("b", 0): 0.5, ("b", 1): 0.5, ("b", 2): 0.5, ("b", 3): 0.5,
}  # fmt: skip


def test_wins_are_counted_on_the_seeds_of_all(
    tmp_path: Path, worded: Callable[[Study], dict[str, Path]]
) -> None:
    study = fake_study(
        tmp_path / "s", ("a", "b"), 4, ("C-C",), levels=LEVELS, absent=[("b", 3)], oracle=False
    )
    data = build(study)
    assert [(win.learner, win.won, win.seeds) for win in data.of(Wins).wins.values()] == [
        ("a", 2, 3),
        ("b", 1, 3),
    ]
    files = worded(study)
    with files["wins.csv"].open(newline="") as file:
        assert [(row["learner"], row["won"]) for row in csv.DictReader(file)] == [
            ("a", "2"),
            ("b", "1"),
        ]
    assert "C-C: a 2, b 1 (3 seeds)." in [s.text for s in data.of(Document).sentences]
    assert files["figures/wins.svg"].exists()
    for name in ("report.html", "report.md", "report.tex"):
        assert "2 of 3" in files[name].read_text()


def test_an_ablation_has_no_winner(tmp_path: Path) -> None:
    departures = [departure("m:p"), departure("m:p", "x"), departure("m:q")]
    labels = [one.label for one in departures]
    data = build(fake_study(tmp_path, labels, 2, ("C-C",), departures=departures))
    assert data.of(Wins).section() is None
    assert not data.of(Wins).figures()
    assert not data.of(Wins).sentences()


def test_every_file_of_the_package_is_a_topic_of_the_report() -> None:
    names = {path.stem for path in Path(__file__).parents[3].glob("coldbench/report/topics/*.py")}
    assert {kind.__module__.rpartition(".")[2] for kind in TOPICS} == names - {"__init__"}
    assert [kind.order for kind in TOPICS] == sorted({kind.order for kind in TOPICS})
