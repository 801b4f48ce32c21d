"""One learner against others, as a site answers how often it is lower."""

from pathlib import Path

from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.evidence import answer_to
from coldbench.report.study import ReportData
from tests.report.fake import fake_study

CLAIM = Claim(
    key="duel", kind="duel", question="?", claimed="", studies=("a",), learner="melu",
    rivals=("mamo",),
)  # fmt: skip


def test_wins_are_counted_by_seed_and_scenario(tmp_path: Path) -> None:
    levels = {("mamo", seed): 0.1 for seed in range(3)} | {("melu", seed): 0.0 for seed in range(3)}
    data = ReportData(fake_study(tmp_path, ["melu", "mamo"], 3, ("W-W", "C-C"), levels=levels))
    words = answer_to(CLAIM, data).words
    said = "It is lower than mamo in 6 of 6 comparisons of one seed in one scenario, by up to "
    assert words[1].startswith(said)
