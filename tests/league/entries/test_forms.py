"""What GitHub reads: issue forms that it takes, and a review that hands a stranger no rights."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from coldbench.cli.main import cli

ROOT = Path(__file__).parent.parent.parent.parent
GITHUB = ROOT / ".github"
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
KINDS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}


def test_there_is_a_form_for_each_kind_of_issue() -> None:
    names = {form.stem for form in FORMS}
    assert names == {"wrong-number", "data-will-not-load", "new-learner"}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_is_one_that_github_takes(form: Path) -> None:
    data = yaml.safe_load(form.read_text("utf-8"))
    assert {"name", "description", "body"} <= set(data) <= {
        "name", "description", "title", "labels", "body"
    }  # fmt: skip
    asked = [part for part in data["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in data["body"]} <= KINDS
    assert len({part["id"] for part in asked}) == len(asked) > 0
    assert all(part["attributes"]["label"] for part in asked)
    assert any(part.get("validations", {}).get("required") for part in asked)
    for command in re.findall(r"`coldbench (?:--debug )?([a-z]+)", form.read_text("utf-8")):
        assert command in cli.commands


def steps() -> list[dict[str, Any]]:
    (job,) = workflow("review")["jobs"].values()
    assert set(job) == {"runs-on", "timeout-minutes", "defaults", "steps"}
    found: list[dict[str, Any]] = job["steps"]
    return found


def workflow(name: str) -> dict[Any, Any]:
    data: dict[Any, Any] = yaml.safe_load((GITHUB / "workflows" / f"{name}.yml").read_text("utf-8"))
    return data


def test_the_review_may_read_and_no_more() -> None:
    data = workflow("review")
    assert data["permissions"] == {"contents": "read"}
    assert set(data[True]) == {"pull_request"}  # `on`, by YAML 1.1; never pull_request_target
    assert "secrets" not in (GITHUB / "workflows" / "review.yml").read_text("utf-8")


def test_no_text_of_the_request_becomes_a_command() -> None:
    assert not [step for step in steps() if "${{" in step.get("run", "")]


def test_coldbench_is_that_of_the_base_and_keeps_no_token() -> None:
    taken = [
        step["with"] for step in steps() if step.get("uses", "").startswith("actions/checkout")
    ]
    assert all(one["persist-credentials"] is False for one in taken)
    assert taken[0]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert any("-e project" in step.get("run", "") for step in steps())


def test_actions_are_of_the_versions_that_the_tests_use() -> None:
    known = set(re.findall(r"uses: (\S+)", (GITHUB / "workflows" / "test.yml").read_text("utf-8")))
    used = {step["uses"] for step in steps() if "uses" in step}
    assert used <= known | {"actions/upload-artifact@v4"}


def test_strangers_code_is_kept_out_of_ours() -> None:
    """Linted by nobody, and committed although results of other names stay local."""
    assert 'extend-exclude = ["results/entries"]' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert "!/results/entries/*" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
