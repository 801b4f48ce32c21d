"""A report, a comparison of two studies, and a plan from a pilot."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coldbench.report import ReportData
from coldbench.report.compare import Contrasts
from coldbench.report.document import Document
from coldbench.report.power import Need
from coldbench.report.topic import with_limits
from coldbench.report.topics.to_the_best import ToTheBest
from coldbench.report.topics.yardsticks import Yardsticks

__all__ = ["contrast_facts", "need_facts", "report_facts"]


def report_facts(data: ReportData, files: Mapping[str, Path]) -> dict[str, Any]:
    """What the first screen says, the rows of summary.csv, league.csv and yardsticks.csv, every
    verdict in words, and the files."""
    document = data.of(Document)
    return {
        "study": data.study.path,
        "answer": list(document.front.answer),
        "summary": data.summary.to_dict("records"),
        "league": data.of(ToTheBest).files().get("league.csv", []),
        "yardsticks": data.of(Yardsticks).files()["yardsticks.csv"],
        "sentences": [
            {"subject": one.subject, "kind": one.kind, "text": one.text, "section": one.section}
            for one in document.sentences
        ],
        "files": dict(files),
    }


def contrast_facts(contrasts: Contrasts) -> dict[str, Any]:
    """Differences are A minus B."""
    return {
        "differing": [{"what": what, "a": a, "b": b} for what, a, b in contrasts.differing],
        "paired": contrasts.paired,
        "why": contrasts.why,
        "margin": contrasts.margin,
        "learners": [
            {
                "learner": line.learner,
                "scenario": line.scenario,
                "seeds_a": line.seeds[0],
                "seeds_b": line.seeds[1],
                "mean_a": line.means[0],
                "mean_b": line.means[1],
                **with_limits("difference", line.agreement.difference),
                "p_holm": line.adjusted,
                "p_equivalence": line.agreement.tost_p,
                **with_limits("sd_ratio", line.ratio),
                "conclusion": line.conclusion,
            }
            for line in contrasts.lines
        ],
        "only_a": list(contrasts.alone[0]),
        "only_b": list(contrasts.alone[1]),
    }


def need_facts(needs: Sequence[Need]) -> list[dict[str, Any]]:
    """One for each scenario and pair; seeds: as if the pilot's spread were the true one;
    seeds_safely: with its upper limit; seeds_low, seeds_high: at the ends of its interval."""
    return [
        {
            "scenario": need.scenario,
            "a": need.a,
            "b": need.b,
            "pilot_seeds": need.sd.n,
            **with_limits("difference", need.observed.difference),
            **with_limits("sd", need.sd),
            "seeds": need.seeds and need.seeds.optimistic,
            "seeds_safely": need.seeds and need.seeds.value,
            "seeds_low": need.low,
            "seeds_high": need.high,
        }
        for need in needs
    ]
