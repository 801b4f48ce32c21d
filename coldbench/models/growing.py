"""Trained learners that take in users and items which did not exist when they were trained."""

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from coldbench.errors import Declined
from coldbench.learning import Domain, Learner
from coldbench.models.catalogue import Known
from coldbench.models.newcomers import Newcomers, extended

__all__ = ["Grown", "grow"]


class Grown(NamedTuple):
    """Learners that know the new users and items which they can take in; reason: why not all."""

    learners: Sequence[Learner]
    users: Newcomers | None = None
    items: Newcomers | None = None
    reason: str = ""


def grow(
    learners: Sequence[Learner],
    known: Known,
    users: Newcomers | None,
    items: Newcomers | None,
    notes: list[str],
) -> Grown:
    """With both, or where a learner declines that, with the users or the items alone."""
    grown, reason = Grown(learners), ""
    parts = [(users, items), (users, None), (None, items)] if users and items else [(users, items)]
    for some in parts if users or items else []:
        told: list[str] = []
        try:
            grown = Grown(_extended(learners, known, *some, told), *some, reason)
        except Declined as error:
            reason = reason or str(error)
            continue
        notes += told
        break
    if users and not grown.users:
        notes.append(f"content of new users is not read: {reason}")
    return grown if grown.users or grown.items else grown._replace(reason=reason)


def _extended(
    learners: Sequence[Learner],
    known: Known,
    users: Newcomers | None,
    items: Newcomers | None,
    notes: list[str],
) -> list[Learner]:
    catalogue = known.catalogue
    if users:
        catalogue = extended(catalogue, "user", users, notes)
    if items:
        catalogue = extended(catalogue, "item", items, notes)
    members = [copy.deepcopy(learner) for learner in learners]
    for member in members:
        domain: Domain = replace(member.domain, catalogue=catalogue)
        type(member).extend(member, domain)
    return members
