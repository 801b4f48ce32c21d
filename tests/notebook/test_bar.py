"""A bar in notebooks, silence elsewhere."""

import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest

from coldbench.study import StudyConfig, run_study
from coldbench.study.bar import in_notebook


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a kernel of Jupyter without widgets."""
    module = ModuleType("IPython")
    module.get_ipython = lambda: SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", module)


def test_nothing_is_shown_elsewhere(
    config: StudyConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not in_notebook()
    run_study(config, workers=1)
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("kernel")
def test_a_notebook_sees_how_far_a_study_is(
    config: StudyConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert in_notebook()
    run_study(config, workers=1)
    shown = capsys.readouterr().out
    assert "runs: 100%" in shown
    assert "4/4" in shown
    assert "global-mean seed 1" in shown
    run_study(config, workers=1)
    assert "runs:" not in capsys.readouterr().out, "nothing to do"


@pytest.mark.usefixtures("kernel", "toys")
def test_failures_are_said_with_their_reason(
    config: StudyConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"toy": {"fault": "raise"}}
    run_study(config.model_copy(update={"models": ("toy",), "options": options}), workers=1)
    shown = "".join(capsys.readouterr())
    assert "toy seed 0 failed: " in shown
    assert "2 did not finish" in shown


@pytest.mark.thorough
def test_a_study_elsewhere_imports_no_bar() -> None:
    program = (
        "import sys; from coldbench.study.drive import _usual_progress as usual; usual();"
        "print({'tqdm.auto', 'IPython'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
