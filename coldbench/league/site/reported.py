"""What a site keeps of a study once its report is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from coldbench.league.site.cells import page_of
from coldbench.league.site.places import Place, places_of
from coldbench.league.site.sources import Source
from coldbench.report.document import Document
from coldbench.report.study import ReportData
from coldbench.report.topics.cost import Cost, CostTopic
from coldbench.report.topics.data import DataTopic
from coldbench.report.topics.tuning import TuningTopic
from coldbench.text import display_name

__all__ = ["Reported", "reported_of"]


@dataclass(frozen=True, slots=True)
class Reported:
    """shown: how its learners are called; picture: that of its first screen;
    ablation: whether it compares changes to a learner; facts: about the data; files: CSV files of
    its report."""

    source: Source
    dataset: str
    sha256: str
    title: str
    lead: str
    answer: tuple[str, ...]
    warnings: tuple[str, ...]
    ablation: bool
    learners: tuple[str, ...]
    yardsticks: tuple[str, ...]
    shown: dict[str, str]
    scenarios: tuple[str, ...]
    seeds: int
    places: tuple[Place, ...]
    costs: dict[str, Cost]
    tuned: dict[str, str]
    bases: dict[str, str]
    picture: Markup
    facts: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    @property
    def report(self) -> str:
        """The folder of its report, from the root of the site."""
        return f"reports/{self.source.key}"

    @property
    def protocol(self) -> str:
        """`separate, version 2`."""
        name, version, _ = self.source.setting
        return f"{display_name(name)}, version {version}"

    @property
    def page(self) -> str:
        """That of its data set, from the root of the site."""
        return page_of("datasets", self.dataset)

    @property
    def dataset_shown(self) -> str:
        return display_name(self.dataset, 60)


def reported_of(
    source: Source, data: ReportData, picture: Markup, files: Sequence[str]
) -> Reported:
    """picture: as an SVG element, or ``."""
    document, costs = data.of(Document), data.of(CostTopic)
    warnings = [one.text for one in document.sentences if one.kind == "warning"]
    return Reported(
        source=source,
        dataset=source.dataset,
        sha256=str(data.manifest.fixed["dataset_sha256"]),
        title=document.title,
        lead=document.lead,
        answer=tuple(document.front.answer[:3]),
        warnings=tuple(warnings),
        ablation=data.ablation is not None,
        learners=data.learners,
        yardsticks=data.beside,
        shown=dict(data.names),
        scenarios=data.scenarios,
        seeds=len(data.seeds),
        places=tuple(places_of(data, source.dataset)),
        costs={cost.learner: cost for cost in costs.costs},
        tuned=data.of(TuningTopic).words,
        bases={name: str(c.get("base", name)) for name, c in data.manifest.learners.items()},
        picture=picture,
        facts=data.of(DataTopic).facts,
        files=tuple(files),
    )
