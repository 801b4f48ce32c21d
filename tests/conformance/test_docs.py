"""The documentation: every page is in the menu, cards exist for all learners, the site builds."""

import io
import json
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coldbench import data, learning, registry, scoring
from coldbench.cli.main import cli
from coldbench.league import find_pack, frames_of, league_over
from coldbench.study import StudyConfig
from coldbench.tasks import PROTOCOLS
from coldbench.text import frame_to_csv
from tests.conformance.pages import DOCS, ROOT

LEAGUE = ROOT / "results" / "league"


@pytest.fixture(scope="module")
def parts() -> Any:
    return runpy.run_path(str(DOCS / "hooks.py"))["PARTS"]


def test_every_page_is_in_the_menu_and_every_mark_is_known(parts: Any) -> None:
    menu = set(re.findall(r"[\w-]+\.md", (ROOT / "mkdocs.yml").read_text()))
    assert menu == {path.name for path in DOCS.glob("*.md")}
    for page in DOCS.glob("*.md"):
        assert set(re.findall(r"<!-- (\w+)(?: [\w@-]+)? -->", page.read_text())) <= set(parts)


def test_tables_of_the_league_are_those_of_its_files(parts: Any) -> None:
    meta = pd.read_csv(LEAGUE / "meta.csv")
    table = parts["gaps"]()
    assert table.count("<br>") == len(meta)
    assert table.count("**") == 2 * meta["decision"].isin(("better", "worse")).sum()
    best = pd.read_csv(LEAGUE / "skills.csv").query("scenario == 'W-W'")
    for name, mine in best.groupby("data_set"):
        first = mine.loc[mine["mae"].idxmin(), "learner"]
        assert f"| `{name}` | `{first}` " in parts["leaders"]()
    assert len(parts["orders"]().splitlines()) == 2 + 4
    assert "`gbdt-stack`" in parts["over"]()


@pytest.mark.thorough
def test_the_committed_league_is_that_of_the_packs(tmp_path: Path) -> None:
    names = runpy.run_path(str(DOCS / "hooks.py"))["ACROSS"]
    for name in names:
        find_pack(name).unpack(tmp_path / name.partition("@")[0])
    frames = frames_of(league_over(tmp_path))
    for name in ("meta", "league", "skills", "agreement", "left-out"):
        made = pd.read_csv(io.StringIO(frame_to_csv(frames[name])))
        kept = pd.read_csv(LEAGUE / f"{name}.csv")
        pd.testing.assert_frame_equal(made, kept, rtol=1e-6, atol=1e-9)


def test_every_learner_has_a_card_and_every_note_a_learner(parts: Any) -> None:
    cards = parts["learners"]()
    ours = {n for n, p in registry.plugins("learner").items() if p.package == "coldbench"}
    assert ours == set(re.findall(r"^### `([\w-]+)`$", cards, re.MULTILINE))
    notes = yaml.safe_load((DOCS / "learner-notes.yaml").read_text())
    assert set(notes) == ours
    assert all(note["fails"].endswith(".") for note in notes.values())


def test_the_table_of_learners_names_tests_that_exist_and_what_packs_have(
    parts: Any, tmp_path: Path
) -> None:
    rows = [re.split(r" *\| *", line)[1:-1] for line in parts["overview"]().splitlines()]
    notes = yaml.safe_load((DOCS / "learner-notes.yaml").read_text())
    assert [row[0].strip("`") for row in rows[2:]] == list(notes)
    for name, _, function in (row[-1].strip("`").partition("::") for row in rows[2:]):
        (path,) = (
            p for folder in ("baselines", "mamo") for p in (ROOT / "tests" / folder).glob(name)
        )
        assert f"def {function}(" in path.read_text("utf-8")
    found = find_pack("ml-100k@1").unpack(tmp_path / "pack").results()
    found = found[(found["metric"] == "mae") & (found["shots"] == -1)]
    mae = found.groupby(["learner", "scenario"])["value"].mean()
    column = rows[0].index("ml-100k@1")
    for row in (row for row in rows[2:] if row[column]):
        ends = [mae[row[0].strip("`"), scenario] for scenario in ("W-W", "C-C")]
        assert row[column] == ", ".join(f"{end:.3f}" for end in ends)


@pytest.mark.thorough
def test_what_cards_say_of_supports_is_what_the_pack_has(tmp_path: Path) -> None:
    found = find_pack("ml-100k@1").unpack(tmp_path / "pack").results()
    found = found[(found["scenario"] == "W-W") & (found["metric"] == "mae")]
    mae = found.pivot_table("value", "learner", "shots")[[0, 1, -1]].round(3)
    notes = yaml.safe_load((DOCS / "learner-notes.yaml").read_text())
    form = r"W-W: (1?\.\d{3}) with none, (1?\.\d{3}) with 1, (1?\.\d{3}) with all"
    said = {name: re.findall(form, note["fails"]) for name, note in notes.items()}
    said = {name: list(map(float, one[0])) for name, one in said.items() if one}
    assert len(said) > 10
    assert said == {name: mae.loc[name].tolist() for name in said}


@pytest.mark.parametrize(
    ("learner", "named"),
    [
        ("melu-released", ("start of the embeddings", "early stopping")),
        ("melu", ("5e-6", "N(0, .1)", "half of a user's ratings")),
        ("tanp", ("not of 128", "contexts are half", "7 clusters", "have biases")),
        ("cnp", ("the size of a context at random",)),
    ],
)
def test_a_card_names_what_its_learner_does_otherwise(
    parts: Any, learner: str, named: tuple[str, ...]
) -> None:
    card = parts["learners"]().partition(f"### `{learner}`\n")[2].partition("\n### ")[0]
    told = card.partition("Departures")[2] or card.partition("departs")[2]
    for word in named:
        assert word in told, (learner, word)


def test_a_card_says_how_a_learner_departs_from_its_source(parts: Any) -> None:
    """Of every learner that has a source in a bibliography; "Departures: none" will do."""
    cards = re.split(r"^### `([\w-]+)`$", parts["learners"](), flags=re.MULTILINE)
    text = dict(zip(cards[1::2], cards[2::2], strict=True))
    sources = [(ROOT / name / "references.bib").read_text() for name in ("baselines", "mamo")]
    keywords = ", ".join(re.findall(r"keywords = \{([^}]*)\}", "".join(sources)))
    known = set(keywords.split(", ")) & set(text)
    assert not [name for name in known if not re.search("[Dd]eparture", text[name])]


def prose() -> list[Path]:
    """What people read before they change something."""
    names = ("README.md", "CONTRIBUTING.md", "AGENTS.md")
    return [*(ROOT / name for name in names), *DOCS.glob("*.md")]


@pytest.mark.parametrize("page", prose(), ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    folders = "coldbench|baselines|mamo|tests|docs|configs|benchmarks"
    for path in re.findall(rf"`((?:{folders})/[^`\s]*)`", page.read_text("utf-8")):
        assert list(ROOT.glob(path)), f"{page.name} names {path}"


def test_architecture_names_every_package_and_the_numbers_of_today() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8")
    packages = {f"coldbench.{path.parent.name}" for path in ROOT.glob("coldbench/*/__init__.py")}
    assert packages <= set(re.findall(r"`(coldbench\.\w+)`", page))
    contracts = (learning.CONTRACT, data.CONTRACT, scoring.CONTRACT)
    assert tuple(map(int, re.findall(r"`contract` of a .* \| (\d+) \|", page))) == contracts
    for name, protocol in PROTOCOLS.items():
        assert f"`{name}` {protocol().version}" in page


def test_the_picture_shows_each_layer_once_and_every_arrow_leads_down() -> None:
    picture = runpy.run_path(str(DOCS / "packages.py"))
    labels = re.findall(r"<text [^>]*>(.*?)</text>", picture["picture"]())
    assert labels == [" · ".join(row) for row in picture["layers"]()]
    drawn = set(" · ".join(labels).split(" · "))
    assert {path.parent.name for path in ROOT.glob("coldbench/*/__init__.py")} <= drawn
    edges = picture["imports"]()
    assert len(edges) > len(labels)
    assert all(upper < lower for upper, lower in edges)


def test_a_pale_line_is_what_dark_arrows_imply() -> None:
    implied = runpy.run_path(str(DOCS / "packages.py"))["implied"]
    assert implied({(0, 1), (1, 2), (0, 2), (0, 3)}) == {(0, 2)}


def test_citation_and_package_agree() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert citation["authors"] == project["authors"]
    assert set(citation["keywords"]) <= set(project["keywords"])


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=600)
    assert (tmp_path / "learners" / "index.html").exists()


def test_generated_tables_leave_nothing_out(parts: Any) -> None:
    commands = parts["commands"]()
    assert set(re.findall(r"^\| \[`([\w-]+)`\]", commands, re.MULTILINE)) == set(cli.commands)
    keys = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", parts["study"](), re.MULTILINE)
    assert [key for key, _ in keys] == list(StudyConfig.model_fields)
    assert not [key for key, text in keys if not text]
    members = parts["objects"]()
    for member in ("league()", "compare(a, b)", "intervals(scenario, ax)", "frame", "plot"):
        assert f"| `{member}` |" in members


def test_the_example_is_stored_without_what_it_printed() -> None:
    """Its outputs are made when the site is built, never committed."""
    cells = json.loads((DOCS / "example.ipynb").read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) > 5
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
