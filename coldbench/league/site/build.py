"""The whole site from its sources: each study is analysed once, then forgotten."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from coldbench.errors import StoreError, UsageError
from coldbench.league.several.document import LeagueDocument
from coldbench.league.several.gathering import Member, gathered
from coldbench.league.several.league import LeagueOver
from coldbench.league.site.choosing import in_league, mains
from coldbench.league.site.claims.described import claims
from coldbench.league.site.entrants import Entrant, entrants, find_entries
from coldbench.league.site.files import Files
from coldbench.league.site.frame import Frame
from coldbench.league.site.pages.changes import add_changes
from coldbench.league.site.pages.claims import Answered, add_claims, all_claims
from coldbench.league.site.pages.datasets import add_datasets
from coldbench.league.site.pages.entries import add_entries
from coldbench.league.site.pages.front import add_front
from coldbench.league.site.pages.league import Grid, add_league
from coldbench.league.site.pages.learners import add_learners
from coldbench.league.site.reported import Reported
from coldbench.league.site.reports import add_league_report, add_report, drawn_answer
from coldbench.league.site.sources import Source, find_sources
from coldbench.league.site.writing import write_site
from coldbench.report.drawing.draw import Draw, artists
from coldbench.report.study import ReportData, build

__all__ = ["build_site"]

Told = Callable[[str], None]


def build_site(
    paths: Sequence[Path],
    out: Path,
    frame: Frame = Frame(),
    told: Told = lambda text: None,
    draw: Draw | None = None,
) -> list[Path]:
    """Write the site of the studies in `paths` into `out`; returns its files.

    told: is given a line for each study, and for each that has to be left out; draw: from
    `artists`, for several processes. The same studies give the same bytes. Raises StoreError where
    there is no study with a run, and UsageError where `out` holds something that is no site.
    """
    if draw is None:
        with artists(workers=1) as alone:
            return build_site(paths, out, frame, told, alone)
    files = Files(frame)
    with tempfile.TemporaryDirectory() as spare:
        sources = _with_runs(find_sources(paths, Path(spare)), told)
        chosen = mains(sources)
        league = league_of(in_league(list(chosen.values())), told)
        studies, answers = _studies(files, sources, league, draw, told)
        stands = {dataset: one.name for dataset, one in chosen.items()}
        _pages(files, studies, stands, league, answers, draw)
        add_entries(files, _entrants(paths, Path(spare) / "entries", told))
    return write_site(files.texts, out)


def _with_runs(sources: Sequence[Source], told: Told) -> list[Source]:
    """Raises StoreError where no study has any."""
    found = [one for one in sources if one.study.stored()]
    for one in sources:
        if one not in found:
            told(f"left out: {one.study.path} holds no run yet")
    if not found:
        raise StoreError("none of the studies holds a run: start one with `coldbench run`")
    return found


def _entrants(paths: Sequence[Path], spare: Path, told: Told) -> list[Entrant]:
    """Of the entries that are what their seals say; the others are told."""
    found = []
    for one in entrants(find_entries(paths), spare):
        if isinstance(one, Entrant):
            found.append(one)
        else:
            told(f"left out: {one}")
    return found


def league_of(sources: Sequence[Source], told: Told) -> LeagueOver | None:
    """None where they cannot stand in one table, which is told."""
    try:
        members = gathered([one.study for one in sources])
    except StoreError as error:
        told(f"no league over data sets: {error}")
        return None
    found = {member.data.study.path: member.data for member in members}
    named = [(one.dataset, found.get(one.study.path)) for one in sources]
    return LeagueOver([Member(name, data) for name, data in named if data is not None])


def _studies(
    files: Files, sources: Sequence[Source], league: LeagueOver | None, draw: Draw, told: Told
) -> tuple[list[Reported], dict[str, Answered]]:
    """Their reports, and what they say of claims."""
    studies: list[Reported] = []
    answers: dict[str, Answered] = {}
    names = [source.name for source in sources]
    known = {member.data.study.path: member.data for member in league.members} if league else {}
    for source in sources:
        told(f"{source.shown}: {source.study.path}")
        data = known.get(source.study.path) or build(source.study)
        study = add_report(files, source, data, draw)
        studies.append(study)
        answers |= _answers(study, names, data, draw, told)
    return studies, answers


def _answers(
    study: Reported, names: Sequence[str], data: ReportData, draw: Draw, told: Told
) -> dict[str, Answered]:
    found = {}
    for claim in claims():
        if claim.answered_by(names) == study.source.name:
            try:
                found[claim.key] = Answered(claim, drawn_answer(claim, data, draw), study)
            except UsageError as error:
                told(f"{claim.key}: {error}")
                found[claim.key] = Answered(claim, None, None, f"No answer: {error}.")
    return found


def _pages(
    files: Files,
    studies: Sequence[Reported],
    chosen: Mapping[str, str],
    league: LeagueOver | None,
    answers: dict[str, Answered],
    draw: Draw,
) -> None:
    """chosen: the name of the study that stands for each data set."""
    by_name = {one.source.name: one for one in studies}
    stands = {dataset: by_name[name] for dataset, name in chosen.items()}
    largest = max(stands.values(), key=lambda one: (len(one.learners), one.seeds))
    shared = league.datasets if league else (largest.dataset,)
    grid, answered = Grid({name: stands[name] for name in shared}), all_claims(answers)
    answer, pictures = largest.answer, (largest.picture, Markup())
    if league and len(league.members) > 1:
        document = LeagueDocument(league)
        answer, pictures = document.front.answer, add_league_report(files, document, stands, draw)
    add_front(files, answer, pictures, list(stands.values()), answered)
    add_league(files, grid, league, [one for name, one in stands.items() if name not in shared])
    add_datasets(files, list(stands.values()), studies, grid.learners)
    add_learners(files, grid, draw)
    add_claims(files, answered)
    add_changes(files)
