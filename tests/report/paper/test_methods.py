"""The paragraph on methods, and BibTeX: stored facts only, every citation defined."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from coldbench import registry
from coldbench.errors import UsageError
from coldbench.report import bibtex, describe_methods
from coldbench.report.paper.citing import TITLE
from coldbench.report.references import entries, of_dataset, of_learner, suite
from coldbench.study import StudyConfig, run_study
from coldbench.study.store import Study
from tests.committed import committed
from tests.report.fake import departure, fake_study
from tests.studies import TINY, forget

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A real study of two closed forms at two seeds."""
    out = tmp_path_factory.mktemp("small") / "study"
    config = StudyConfig(models=("bias", "ridge"), seeds=2, dataset_options=TINY, out=out)
    return run_study(config, workers=1)


def test_a_new_study_fills_every_number_in(small: Study) -> None:
    text = describe_methods(small)
    assert "6,000 ratings of" in text
    assert "by 150 users" in text
    assert "Protocol separate, version 3: A random 20 % of the users are cold" in text
    assert "at 2 seeds; a seed changes the split, the support and query ratings" in text
    assert "No learner was tuned for this study." in text
    assert "epochs" not in text, "closed forms choose none"
    assert "the 1 pairs" not in text
    assert "their difference is tested at 5 % by its t statistic, with normal runs" in text
    assert "n/a" not in text
    assert "None" not in text


@pytest.mark.thorough
def test_a_committed_study_has_its_tuning_and_its_tests() -> None:
    text = describe_methods(Study.open(committed("tuned-ml-1m")))
    assert "We compare 13 learners" in text
    assert "12 of 13 learners were tuned by their validation MAE with 32 configurations" in text
    assert "on seeds 1000, 1001 and 1002, which this study does not use" in text
    assert "options of tanp, mamo, plain-finetune and r2d2 were changed after that" in text
    assert "the 66 pairs are one family" in text
    assert "signs of whole seeds are exchanged (Westfall & Young 1993)" in text
    assert "Ratings predicted at each seed: 26,340 to 26,860 for warm users and items" in text
    assert "where runs are strongly skewed with normal runs" in text
    assert "Lee et al. 2019a" in text, "two papers that look alike"
    assert "Lee et al. 2019b" in text


def test_missing_runs_and_ablations_are_said(tmp_path: Path) -> None:
    lost = fake_study(tmp_path / "lost", seeds=2, status={("melu", 1): "failed"})
    assert "; 5 of 6 runs finished." in describe_methods(lost)
    changes = [departure("melu:paper", "step"), departure("melu:paper", "rate")]
    labels = ("melu:paper", *(one.label for one in changes))
    ablation = fake_study(tmp_path / "ablation", learners=labels, seeds=2, departures=changes)
    text = describe_methods(ablation)
    assert "3 learners with coldbench" in text
    assert "melu:paper, and 2 that depart from these" in text
    assert "may be the best" not in text


def test_latex_cites_what_bibtex_defines(small: Study) -> None:
    for study in (small, Study.open(committed("tuned-ml-1m"))):
        defined = {one.key for one in entries(bibtex([study]))}
        source = describe_methods(study, "latex")
        keys = {key for keys in re.findall(r"\\cite\{([^}]*)\}", source) for key in keys.split(",")}
        assert keys
        assert keys | {"coldbench"} == defined
    assert "[@koren2010factor]" in describe_methods(small, "markdown")
    with pytest.raises(UsageError, match="did you mean 'latex'"):
        describe_methods(small, "latx")


def test_bibtex_names_what_has_no_source(small: Study) -> None:
    text = bibtex([small])
    assert "% No source is known of the data set synthetic." in text
    assert text.count("@misc{coldbench,") == 1
    assert f"studies at revision {next(small.records()).provenance['revision']}" in text
    assert [one.key for one in entries(bibtex([]))] == ["coldbench"]


def test_the_suite_is_called_as_in_its_citation_file() -> None:
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["title"] == TITLE


def test_keywords_name_plugins_and_every_paper_has_one() -> None:
    layouts = tomllib.loads((ROOT / "coldbench/data/tables/presets.toml").read_text("utf-8"))
    datasets = {*registry.names("dataset"), *layouts}
    datasets |= {str(layout.get("name")) for layout in layouts.values()}
    for one in suite().values():
        assert set(one.keywords) <= datasets
        assert all(one in of_dataset(name) for name in one.keywords)
    learners = {n for n, p in registry.plugins("learner").items() if p.package == "coldbench"}
    for folder in ("baselines", "mamo"):
        for one in entries((ROOT / folder / "references.bib").read_text("utf-8")):
            assert one.keywords
            assert set(one.keywords) <= learners
    without = {name for name in learners if not of_learner(name)}
    assert without == {
        "global-mean",
        "global-median",
        "item-mean",
        "support-mean",
        "support-median",
    }


def test_entries_are_whole_and_shown_as_in_running_text() -> None:
    text = (
        '% a comment\n@comment{not, this}\n@article{a1,\n  author = {M{\\"u}ller, A. and B, C. and '
        "D, E.},\n  year = {2020},\n  keywords = {x, y}\n}\n@misc{b, title={no {nested} author}}\n"
        "@misc{cut, title={"
    )
    first, second = entries(text)
    assert (first.key, first.short, first.keywords) == ("a1", "Muller et al. 2020", ("x", "y"))
    assert "keywords" not in first.text
    assert first.text.endswith("}")
    assert (second.short, second.keywords) == ("b", ())


def test_a_strangers_learner_brings_its_references(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    (site / "lone-1.0.dist-info").mkdir(parents=True)
    (site / "lone-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: lone\nVersion: 1.0\n"
    )
    (site / "lone-1.0.dist-info" / "entry_points.txt").write_text(
        "[coldbench.learners]\nlone = lone_learner:Lone\n"
    )
    (site / "lone_learner.py").write_text("raise RuntimeError('imported')")
    (site / "lone_learner.bib").write_text("@misc{lone, author={Lone, A.}, year={2025}}")
    monkeypatch.syspath_prepend(str(site))
    forget()
    assert [one.short for one in of_learner("lone")] == ["Lone 2025"]
    assert "lone_learner" not in sys.modules
    monkeypatch.undo()
    forget()


def test_commands_print_them(
    small: Study,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    from tests.report.test_two_studies import coldbench

    path = str(small.path)
    assert coldbench(monkeypatch, "methods", path, "--format", "latex") == 0
    assert r"\cite{" in capsys.readouterr().out
    assert coldbench(monkeypatch, "cite", path, path) == 0
    assert capsys.readouterr().out.count("@article{koren2010factor") == 1
    asked = ("--format", "latex", "--models", "ridge", "--digits", "2", "--metric", "rmse")
    assert coldbench(monkeypatch, "report", path, path, *asked) == 0
    assert "RMSE on synthetic (study)" in capsys.readouterr().out
    assert coldbench(monkeypatch, "report", path, path) == 2
    figure = tmp_path / "one.pdf"
    draw = ("--figure", "intervals-W-W", "--out", str(figure))
    assert coldbench(monkeypatch, "report", path, *draw) == 0
    assert figure.read_bytes().startswith(b"%PDF")
    assert coldbench(monkeypatch, "report", path, "--figure", "interval-W-W") == 2
    assert "did you mean 'intervals-W-W'" in capsys.readouterr().err
