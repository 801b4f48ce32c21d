"""BibTeX of what studies used: the suite, their data, their learners, and the statistics."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from coldbench.report.formats.latex import escape
from coldbench.report.paper.methods import methods
from coldbench.report.paper.prose import Cited
from coldbench.report.references import Reference, of_dataset, of_learner
from coldbench.report.study import ReportData, build
from coldbench.report.topics.origin import OriginTopic
from coldbench.study import Study
from coldbench.text import display_name

__all__ = ["TITLE", "bibtex"]

TITLE = "coldbench: how stable are cold-start meta-learning recommenders?"


def bibtex(studies: Sequence[Study]) -> str:
    """A file of entries, each once; comments name the learners and data sets without a known
    source. Without studies, the suite alone."""
    found = [build(study) for study in studies]
    references: dict[str, Reference] = {}
    for part in (part for data in found for part in methods(data)):
        if isinstance(part, Cited):
            references |= {one.key: one for one in part.references}
    missing = dict.fromkeys(name for data in found for name in _missing(data))
    texts = [_suite(found), *(one.text for one in references.values())]
    if missing:
        texts.append("\n".join(f"% No source is known of {name}." for name in missing))
    return "\n\n".join(texts) + "\n"


def _suite(found: Sequence[ReportData]) -> str:
    """The version that is installed, and the revisions that studies ran with."""
    facts = (dict(data.of(OriginTopic).origin.facts) for data in found)
    revisions = dict.fromkeys(fact for one in facts if (fact := one.get("code revision")))
    note = f"Version {version('coldbench')}"
    note += f"; studies at revision {'; '.join(revisions)}" if revisions else ""
    fields = {
        "author": "{The coldbench authors}",
        "title": TITLE.replace("coldbench", "{coldbench}"),
        "note": escape(note),
    }
    return "\n".join(
        [
            "@misc{coldbench,",
            ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items()),
            "}",
        ]
    )


def _missing(data: ReportData) -> Iterator[str]:
    """What has no reference, as it is shown."""
    if not of_dataset(data.dataset):
        yield f"the data set {display_name(data.dataset, 60)}"
    for name in data.planned:
        if not of_learner(str(data.manifest.learners.get(name, {}).get("base", name))):
            yield f"the learner {display_name(name)}"
