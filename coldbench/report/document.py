"""A report before it has a format: its topics in order, and what they say, each asked once."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules

from coldbench.report import topics
from coldbench.report.drawing.style import Plot
from coldbench.report.formats.terms import spelled
from coldbench.report.front import Front
from coldbench.report.study import ReportData
from coldbench.report.topic import Rows, Sentence, Topic
from coldbench.text import Section, display_name

__all__ = ["TOPICS", "Document"]


def _topics() -> tuple[type[Topic], ...]:
    names = sorted(module.name for module in iter_modules(topics.__path__))
    modules = [import_module(f"{topics.__name__}.{name}") for name in names]
    kinds = [kind for module in modules for kind in vars(module).values() if _is_topic(kind)]
    own = dict.fromkeys(kind for kind in kinds if kind.__module__.startswith(topics.__name__))
    return tuple(sorted(own, key=lambda kind: kind.order))


def _is_topic(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Topic)


TOPICS = _topics()  # every class of a file in `topics/`, in the order of the report


class Document:
    """What all formats write of a study; made by `data.of(Document)`."""

    def __init__(self, data: ReportData) -> None:
        self.data = data
        self.topics = [data.of(kind) for kind in TOPICS]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Those of the study."""
        return self.data.scenarios

    @property
    def front(self) -> Front:
        """What is said first."""
        return self.data.of(Front)

    @property
    def title(self) -> str:
        """`ml-1m · separate`; of a part `ml-1m, 1,000 users · separate`."""
        users = self.data.study.manifest.part
        part = f", {users:,} users" if users else ""
        return f"{display_name(self.data.dataset, 60)}{part} · {display_name(self.data.protocol)}"

    @property
    def lead(self) -> str:
        """`3 learners, 10 seeds, 4 scenarios. ...`"""
        data = self.data
        counts = (
            *((data.asked, "learner"), (data.beside, "yardstick")),
            *((data.seeds, "seed"), (data.scenarios, "scenario")),
        )
        parts = [
            f"{len(some)} {word}{'' if len(some) == 1 else 's'}" for some, word in counts if some
        ]
        bases = data.ablation.bases if data.ablation else ()
        ablation = f"An ablation from {display_name(', '.join(bases), 200)}. " if bases else ""
        return (
            f"{ablation}{', '.join(parts)}. Mean absolute error (MAE) in rating points, lower is "
            f"better. {spelled(data.scenarios)}"
        )

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """In order, the league table first, each with the keys of its topic's figures."""
        made = ((topic.section(), topic) for topic in self.topics)
        return tuple(
            replace(section, figures=tuple(plot.key for plot in self._plots[topic]))
            for section, topic in made
            if section is not None
        )

    @cached_property
    def figures(self) -> dict[str, Plot]:
        """By key, that of the first screen first, then in the order of the sections."""
        first = [self.front.plot] if self.front.plot else []
        return {plot.key: plot for plots in (first, *self._plots.values()) for plot in plots}

    @cached_property
    def _plots(self) -> dict[Topic, Sequence[Plot]]:
        return {topic: topic.figures() for topic in self.topics}

    @cached_property
    def files(self) -> dict[str, Rows]:
        """The rows of each CSV file, by name."""
        return {name: rows for topic in self.topics for name, rows in topic.files().items()}

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """What is wrong with the data first, then by topic."""
        every = [sentence for topic in self.topics for sentence in topic.sentences()]
        return tuple(sorted(every, key=lambda sentence: sentence.kind != "warning"))
