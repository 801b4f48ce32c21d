"""`coldbench compare` and `coldbench power`: numbers, pairing, what differs, errors."""

import csv
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from coldbench.cli.main import main
from coldbench.errors import StoreError, UsageError
from coldbench.report.compare import contrast, contrast_table
from coldbench.report.power import Target, needs
from coldbench.report.study import build
from coldbench.statistics import paired_power, seeds_needed
from coldbench.study.store import Study
from tests.report.fake import fake_study
from tests.report.real import real_study


def coldbench(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["coldbench", *map(str, words)])
    try:
        main()
    except SystemExit as done:
        return int(done.code or 0)
    return 0


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Study]:
    """The same data, episodes and seeds; `bias` with other options in B."""
    folder = tmp_path_factory.mktemp("two")
    a = real_study(folder / "a", seeds=5)
    options = {"bias": {"shrink_user": 30.0}}
    return a, real_study(folder / "b", seeds=4, options=options)


def test_common_seeds_are_paired(two: tuple[Study, Study]) -> None:
    found = contrast(*two, margin=0.005)
    assert (found.paired, found.why) == (True, "4 common seeds met the same episodes")
    assert found.differing == (("bias.shrink_user", "3.0", "30.0"),)
    lines = {(line.learner, line.scenario): line for line in found.lines}
    same = lines["support-mean", "C-C"]
    assert (same.conclusion, same.seeds) == ("identical", (4, 4))
    line = lines["bias", "C-C"]
    a, b = (build(study).values("bias", "C-C") for study in two)
    d = np.array([a[seed] - b[seed] for seed in b])
    assert line.agreement.difference.value == pytest.approx(d.mean())
    assert line.agreement.p == pytest.approx(stats.ttest_1samp(d, 0).pvalue)
    assert line.adjusted is not None
    assert line.adjusted >= line.agreement.p


def test_other_data_are_not_paired(two: tuple[Study, Study], tmp_path: Path) -> None:
    size = {"n_users": 160, "n_items": 120, "n_ratings": 6000}
    other = real_study(tmp_path, seeds=4, dataset_options=size, models=("bias", "item-mean"))
    found = contrast(two[0], other, margin=0.005)
    assert not found.paired
    assert found.why == "at the same seeds the studies met other data or episodes"
    assert {line.learner for line in found.lines} == {"bias"}
    assert found.alone == (("support-mean",), ("item-mean",))
    assert "data fingerprint (SHA-256)" in [what for what, _, _ in found.differing]
    a, b = (list(build(study).values("bias", "W-W").values()) for study in (two[0], other))
    line = next(line for line in found.lines if line.scenario == "W-W")
    assert line.seeds == (5, 4)
    assert line.agreement.p == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)
    assert line.ratio.value == pytest.approx(np.std(a, ddof=1) / np.std(b, ddof=1))


def test_nothing_in_common_is_an_error(two: tuple[Study, Study], tmp_path: Path) -> None:
    other = fake_study(tmp_path, ["mamo"], 2)
    with pytest.raises(StoreError, match=r"no learner and scenario in common.*bias.*mamo"):
        contrast(two[0], other, margin=0.005)


def test_a_line_that_cannot_be_paired_says_so(tmp_path: Path) -> None:
    late = {("mamo", seed): "failed" for seed in range(3)}
    early = {("mamo", seed): "failed" for seed in range(2, 5)}
    studies = [
        fake_study(tmp_path / name, ["mamo", "bias"], 5, ("C-C",), status=status)
        for name, status in (("a", late), ("b", early))
    ]
    found = contrast(studies[0], studies[1], margin=0.005)
    assert found.paired
    notes = {row[1].text: row[8].note for row in contrast_table(found).rows}
    assert notes == {"mamo": "unpaired: fewer than 2 common seeds", "bias": ""}


def test_one_seed_compares_values_only(tmp_path: Path) -> None:
    found = contrast(
        fake_study(tmp_path / "a", seeds=1), fake_study(tmp_path / "b", seeds=1), margin=0.1
    )
    assert {line.conclusion for line in found.lines} == {"n/a"}
    assert found.why == "the studies have one seed in common"


def test_compare_on_the_command_line(
    two: tuple[Study, Study],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    paths = [study.path for study in two]
    assert coldbench(monkeypatch, "compare", *paths) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "bias.shrink_user 3.0 30.0" in told
    assert "Paired: yes, 4 common seeds" in told
    assert coldbench(monkeypatch, "compare", *paths, "--format", "csv", "--margin", "0.01") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["conclusion"] for row in rows if row["learner"] == "support-mean"} == {"identical"}
    assert coldbench(monkeypatch, "compare", *paths, "--format", "latex") == 0
    assert "\\toprule" in capsys.readouterr().out
    assert coldbench(monkeypatch, "compare", *paths, "--format", "cvs") == 2
    assert "did you mean 'csv'" in capsys.readouterr().err
    assert coldbench(monkeypatch, "compare", paths[0], tmp_path / "nowhere") == 4
    assert "is not a study" in capsys.readouterr().err


def test_power_is_planned_from_paired_differences(tmp_path: Path) -> None:
    study = fake_study(tmp_path, seeds=8)
    found = needs(study, Target(difference=0.003, power=0.9, level=0.01), ["mamo", "bias"])
    assert len(found) == 4
    data = build(study)
    for need in found:
        a, b = (data.values(name, need.scenario) for name in ("mamo", "bias"))
        d = [a[seed] - b[seed] for seed in a]
        assert need.seeds == seeds_needed(d, 0.003, power=0.9, alpha=0.01)
        sd = need.sd.value
        assert sd == pytest.approx(np.std(d, ddof=1))
        assert need.seeds.optimistic is not None
        assert paired_power(need.seeds.optimistic, 0.003, sd, 0.01) >= 0.9
        assert need.low is not None
        assert need.high is not None
        assert need.low <= need.seeds.optimistic <= need.seeds.value <= need.high


def test_power_aims_at_what_was_observed(tmp_path: Path) -> None:
    found = needs(fake_study(tmp_path, seeds=6), Target())
    assert len(found) == 12
    need = found[0]
    assert need.seeds is not None
    assert need.seeds.target == need.observed.difference.value


def test_power_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pilot = fake_study(tmp_path / "pilot", seeds=5).path
    assert coldbench(monkeypatch, "power", pilot, "--difference", ".005") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Seeds that show a difference of 0.005, 80 % power at level 0.05" in told
    assert coldbench(monkeypatch, "power", pilot, "-m", "mamo,melu", "--format", "markdown") == 0
    assert capsys.readouterr().out.count("\n") == 6
    assert coldbench(monkeypatch, "power", pilot, "-m", "mamo,mleu") == 2
    assert "did you mean 'melu'" in capsys.readouterr().err
    assert coldbench(monkeypatch, "power", pilot, "--difference", "0") == 2
    one = fake_study(tmp_path / "one", seeds=1).path
    assert coldbench(monkeypatch, "power", one) == 4
    assert "--seeds 5 as a pilot" in capsys.readouterr().err


def test_a_pilot_without_differences_says_nothing(tmp_path: Path) -> None:
    study = real_study(tmp_path, models=("bias", "twin"), variants={"twin": {"base": "bias"}})
    found = needs(study, Target())
    assert {need.seeds for need in found} == {None}
    with pytest.raises(UsageError, match="unknown learner of this study"):
        needs(study, Target(), ["bias", "melu"])
