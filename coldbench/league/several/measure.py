"""Skill, 1 - MAE / MAE of the best constant; and where the constant is no measure."""

from collections.abc import Mapping

__all__ = ["NO_ERROR", "makes_error", "skill_of"]

NO_ERROR = "the best constant makes no error"
LEAST = 1e-3  # of the constant's largest error over seeds
Values = Mapping[str, float]


def makes_error(constant: Values) -> bool:
    """Whether the best constant's MAE, by seed, can be divided by at each of them.

    Not where one is 0 or below LEAST of the largest. Seeds draw from the same ratings: in the
    reference packs the smallest is .87 of the largest or more. At a thousandth, that seed's skill
    would outweigh all others in any mean. The scale of ratings does not enter, as it does not enter
    skill.
    """
    return bool(constant) and min(constant.values()) > LEAST * max(constant.values())


def skill_of(values: Values, constant: Values) -> dict[str, float]:
    """1 - MAE / MAE of the best constant, at the seeds of both; of none where it makes no error."""
    if not makes_error(constant):
        return {}
    return {
        seed: 1.0 - value / constant[seed] for seed, value in values.items() if seed in constant
    }
