"""What the terms of a report mean, for those who point at one."""

from collections.abc import Sequence

__all__ = ["meaning", "spelled"]

TERMS = {
    "W-W": "warm users, warm items: both were met in training",
    "W-C": "warm users, cold items: the users were met in training, the items were not",
    "C-W": "cold users, warm items: the items were met in training, the users were not",
    "C-C": "cold users, cold items: neither was met in training",
    "runs": "finished runs, one for each seed",
    "seeds": "seeds that both learners finished",
    "p": "how often a difference as large would arise if there were none",
    "p, not the best": "how surely it is not among the best, corrected for those that are left",
    "p of all pairs": "p of the difference, corrected for all pairs of the scenario at once",
    "for all pairs at once": "95 % limits that hold for all pairs of the scenario together",
    "ranks left": "ranks that are not excluded, for all learners of the scenario at once",
    "runs lost": "seeds at which its MAE is above that of the best",
    "MAE above the lowest": "mean difference to the lowest mean on common seeds",
    "sd, 95 % interval": "standard deviation over seeds",
    "variation": "standard deviation over seeds as a share of the mean",
    "bootstrap-t interval": "95 % interval of the mean that does not assume normal runs",
    "95 % of further runs": "where 95 % of further runs of this learner would fall",
    "gain of best of 5": "how much lower the best of five runs is than a typical one",
    "gain of pairing": "how many times more seeds a study without common seeds would need",
    "effect size d_z": "mean difference over the standard deviation of the differences",
    "p, sign flip": "exact p from exchanging the signs of whole seeds",
    "for new users and items": "95 % limits when users and items are drawn anew, as seeds are",
    "A better": "share of seeds at which A has the lower MAE",
    "mean skill, %": "share of the best constant's MAE that is removed, mean over data sets",
    "next data set": "where 95 % of further data sets would fall, drawn as these were",
    "minus ridge": "mean skill above that of ridge, with limits over data sets, one at a time",
    "data sets needed": "for a power of 80 %, at the upper 80 % limit of the spread over data sets",
    "beats ridge": "data sets on which its study shows that it has the lower MAE",
    "beats constant": "data sets on which its study shows that it beats the best constant",
    "mean rank": "mean of its ranks on the data sets, 1 for the highest skill",
    "front": "no other learner has as high a mean skill in as little time",
    "peak memory, MB": "most memory that a run's process held",
}


def spelled(scenarios: Sequence[str]) -> str:
    """What the names of scenarios stand for: `W-C: warm users, cold items.`"""
    parts = [f"{one}: {TERMS[one].partition(':')[0]}" for one in scenarios if one in TERMS]
    return f"{'; '.join(parts)} (warm: met in training; cold: new)." if parts else ""


def meaning(term: str) -> str:
    """In a line; `` for a term that needs none."""
    return TERMS.get(term, "")
