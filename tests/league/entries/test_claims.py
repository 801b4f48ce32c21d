"""What an entry says of itself has to follow from its study, its reference and the learner here."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coldbench.league.entries.asking import described
from coldbench.league.entries.claims import CLAIMED, claims
from coldbench.league.entries.form import Submission
from coldbench.league.entries.marks import Check
from coldbench.league.entries.outside import card_here
from coldbench.league.packs.opening import Pack
from tests.league.entries.forging import resealed

Spoil = Callable[[Path], object]


def claimed(entry: Path, pack: Pack) -> Check:
    made = Submission.model_validate(json.loads((entry / "entry.json").read_text()))
    options = json.loads((entry / "study" / "study.json").read_text())["learners"]["mine"]
    theirs = pack.unpack(entry.parent / "theirs")
    code = made.entered.code
    return claims(made, entry, pack, theirs, lambda: card_here("mine", "mine 1.0", code, options))


def entered(entry: Path, **facts: Any) -> None:
    kept = json.loads((entry / "entry.json").read_text())["entered"]
    resealed(entry, entered={**kept, **facts})


def agreeing(entry: Path, **facts: Any) -> None:
    kept = json.loads((entry / "entry.json").read_text())["entered"]["agreement"]
    entered(entry, agreement={**kept, **facts})


def tuned(entry: Path, trials: int, lines: int, more: str = "") -> None:
    """As if so many trials had been made, of which so many are shown."""
    file = entry / "study" / "study.json"
    plan = json.loads(file.read_text())
    plan["tuning"] = {"mine": {"trials": trials}}
    file.write_text(json.dumps(plan))
    rows = "".join(f"mine,{number},.8\n" for number in range(lines))
    (entry / "tuning.csv").write_text(f"learner,trial,mae\n{rows}{more}")
    word = "trial" if trials == 1 else "trials"
    kept = json.loads((entry / "entry.json").read_text())["entered"]
    resealed(entry, tuned=True, entered={**kept, "tuned": f"{trials} {word}, 0.0 min"})


def tuned_to(entry: Path, level: float, found: float) -> None:
    """As if it ran with a level, where trials of two levels were made and one was found best."""
    file = entry / "study" / "study.json"
    plan = json.loads(file.read_text())
    plan["tuning"] = {"mine": {"trials": 2, "options": {"level": found}}}
    plan["given"] = {**plan.get("given", {}), "mine": {"level": level}}
    file.write_text(json.dumps(plan))
    lines = ['mine,0,.8,"{""level"": 3.5}"', 'mine,1,.7,"{""level"": 4.0}"']
    (entry / "tuning.csv").write_text("\n".join(["learner,trial,mae,options", *lines, ""]))
    kept = json.loads((entry / "entry.json").read_text())["entered"]
    resealed(entry, tuned=True, entered={**kept, "tuned": "2 trials, 0.0 min"})


def another_card(entry: Path) -> None:
    text = (entry / "card.md").read_text()
    (entry / "card.md").write_text(text.replace("# mine", "# mamo, state of the art"))
    resealed(entry)


def test_an_honest_entry_and_what_is_only_claimed(entry: Path, pack: Pack) -> None:
    check = claimed(entry, pack)
    assert check.passed, check
    assert check.more == (CLAIMED,)


def test_a_tuned_entry(entry: Path, pack: Pack) -> None:
    tuned(entry, 3, 3)
    check = claimed(entry, pack)
    assert check.passed, check
    assert "claimed: what the trials in tuning.csv gave" in str(check)


def test_options_are_those_of_the_best_trial(entry: Path, pack: Pack) -> None:
    tuned_to(entry, 4.0, 4.0)
    assert "does not give what was entered" not in str(claimed(entry, pack))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (another_card, "it says '# mamo, state of the art', not '# mine'"),
        (lambda e: tuned(e, 3, 2), "has 2 configurations of 'mine', its study says that 3"),
        (lambda e: tuned(e, 3, 3, "other,0,.7\n"), "holds more than the trials of 'mine'"),
        (lambda e: tuned(e, 0, 1), "tuning.csv is not that of the study"),
        (lambda e: tuned_to(e, 3.7, 4.0), "ran with level '3.7', and the best of its trials, '1'"),
        (lambda e: tuned_to(e, 3.7, 3.7), "has '4.0'"),
        (lambda e: entered(e, tuned="by an oracle"), "says tuned 'by an oracle'"),
        (lambda e: entered(e, status="leaks"), "says status 'leaks', which by study"),
        (lambda e: entered(e, seeds=["77"]), "says seeds"),
        (lambda e: entered(e, pack_seeds=100), "says pack_seeds '100'"),
        (lambda e: entered(e, code="2:" + "a" * 16), "says code "),
        (lambda e: entered(e, plugin="other 9"), "says plugin 'other 9'"),
        (lambda e: entered(e, machine="Abacus"), "says machine 'Abacus'"),
        (lambda e: entered(e, scale=1e-9), "says scale '1e-09'"),
        (lambda e: entered(e, seconds={"mine": 5.0}), "says seconds of 'mine' '5.0'"),
        (lambda e: entered(e, audit="clean", audited=["0"]), "says audit 'clean'"),
        (lambda e: entered(e, audit="leaks", leaks=["x"]), "says audit 'leaks'"),
        (lambda e: agreeing(e, exact=3), "says agreement's exact '3'"),
        (
            lambda e: agreeing(e, verdict="within rounding", moved=0.1, limit=0.2),
            "says agreement 'within rounding'",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_does_not_follow(entry: Path, pack: Pack, spoil: Spoil, told: str) -> None:
    spoil(entry)
    check = claimed(entry, pack)
    assert check.passed is False
    assert told in check.said
    assert "write the entry again" in check.said


@pytest.mark.thorough
def test_a_card_comes_from_a_process_of_its_own(installed: Path) -> None:
    given = ("mine", "mine 1.0", "2:0", {})
    assert described(*given) == card_here(*given)
