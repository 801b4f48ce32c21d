"""What tuning found, and which questions are worth asking."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coldbench.evidence import Evidence
    from coldbench.tune import Tuning

__all__ = ["evidence_facts", "tuning_facts"]


def tuning_facts(tunings: Sequence["Tuning"]) -> list[dict[str, Any]]:
    """The budget of each learner (`coldbench.study.Budget`) and its trials, or why it declined."""
    return [
        {
            "learner": tuning.learner,
            "declined": tuning.declined,
            **({} if tuning.declined else tuning.budget.model_dump()),
            "all_trials": [
                {
                    "number": trial.number,
                    "status": trial.status,
                    "reason": trial.reason,
                    "mae": trial.mae,
                    "rung": trial.rung,
                    "configuration": trial.configuration,
                    "epochs": sum(trial.trained),
                    "seconds": trial.seconds,
                    "options": trial.options,
                }
                for trial in tuning.trials
            ],
        }
        for tuning in tunings
    ]


def evidence_facts(evidence: "Evidence", top: int, file: Path) -> dict[str, Any]:
    """The rows of evidence.csv, and the first ones of evidence-items.csv."""
    from coldbench.evidence.write import COLUMNS, ITEM_COLUMNS, answer_rows, item_rows

    return {
        "learner": evidence.learner,
        "seeds": list(evidence.seeds),
        "items": [dict(zip(ITEM_COLUMNS, row, strict=True)) for row in item_rows(evidence)[:top]],
        "answers": [dict(zip(COLUMNS, row, strict=True)) for row in answer_rows(evidence)],
        "files": file.parent,
    }
