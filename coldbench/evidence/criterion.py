"""How informative a rating of an item is: MeLU's gradient norm, or its influence on predictions.

    gradient:   mean over raters u of | d |f(u, i) - r_ui| / d theta_u |     theta_u: what adapts
    influence:  mean over raters u and panel items j of | f(u, j; {r_ui}) - f(u, j; {}) |

The first is Lee et al. 2019, section 3.3 (there of a "unit error", which the absolute error's
gradient is), for learners with `gradient_norms`. Two departures: one gradient at the start, not
the mean over inner steps, and the norm of all adapted weights together, not the sum of one norm a
tensor (the embeddings, which do not adapt, are left out). The second puts the same question
to any learner through its predictions: by how much does one rating change those of other items?
Axes: P rater-item pairs, M panel items, I items.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from coldbench.data import Array, Ragged, Ratings
from coldbench.learning import Learner
from coldbench.tasks import Split, Tasks, batches

__all__ = ["Informativeness", "informativeness"]

RATERS = 50  # sampled per item; more change the mean little
PANEL = 20  # items whose predictions are compared
BATCH = 512


@dataclass(frozen=True, eq=False)
class Informativeness:
    """kind: the criterion used; value: float64 [I], 0 for items without a training rating."""

    kind: Literal["gradient", "influence"]
    value: Array


def informativeness(
    learner: Learner, ratings: Ratings, split: Split, rng: np.random.Generator
) -> Informativeness:
    """The criterion of every item, from the training ratings alone."""
    rows = _sampled(ratings, rng.permutation(split.train.rows))
    n = ratings.catalogue.n_items
    per_rating = _gradients(learner, ratings, rows)
    kind: Literal["gradient", "influence"] = "influence" if per_rating is None else "gradient"
    if per_rating is None:
        per_rating = _influence(learner, ratings, rows, _panel(ratings, split, rng))
    item = ratings.item[rows]
    count = np.bincount(item, minlength=n)
    return Informativeness(kind, np.bincount(item, per_rating, n) / np.maximum(count, 1))


def _sampled(ratings: Ratings, rows: Array) -> Array:
    """At most RATERS of the given rows for each item."""
    lists, _ = Ragged.grouped(rows, ratings.item[rows])
    return lists.split(RATERS)[0].rows


def _panel(ratings: Ratings, split: Split, rng: np.random.Generator) -> Array:
    """PANEL training rows of different items, popular ones more often."""
    rows = rng.permutation(split.train.rows)
    _, first = np.unique(ratings.item[rows], return_index=True)
    return rows[np.sort(first)[:PANEL]]


def _gradients(learner: Learner, ratings: Ratings, rows: Array) -> Array | None:
    """float64 [P], or None from a learner without gradients."""
    ones = Ragged.of(rows, np.ones(len(rows), np.int64))
    tasks = Tasks(ratings.user[rows].astype(np.int64), ones, ones, np.zeros(len(rows), np.int8))
    parts = []
    for batch, _ in batches(tasks, ratings, BATCH):
        norms = learner.gradient_norms(batch.to(learner.domain.device))
        if norms is None:
            return None
        parts.append(norms.detach().double().cpu().numpy())
    return np.concatenate(parts) if parts else np.empty(0)


def _influence(learner: Learner, ratings: Ratings, rows: Array, panel: Array) -> Array:
    """float64 [P]."""
    users, owner = np.unique(ratings.user[rows], return_inverse=True)
    before = _asked(learner, ratings, users, np.empty(0, np.int64), panel)
    after = _asked(learner, ratings, ratings.user[rows], rows, panel)
    moved: Array = np.abs(after - before[owner]).mean(1)
    return moved


def _asked(learner: Learner, ratings: Ratings, users: Array, support: Array, panel: Array) -> Array:
    """Predictions of the panel, float64 [users, M], knowing one rating of each user, or none."""
    n = len(users)
    known = Ragged.of(support, np.full(n, len(support) // n if n else 0))
    query = Ragged.of(np.tile(panel, n), np.full(n, len(panel)))
    tasks = Tasks(users.astype(np.int64), known, query, np.zeros(len(query.rows), np.int8))
    parts = [np.empty((0, len(panel)))]
    for batch, _ in batches(tasks, ratings, BATCH):  # all of one width: in the given order
        with torch.no_grad():
            score = learner.predict(batch.to(learner.domain.device))
        parts.append(score.detach().double().cpu().numpy())
    return np.concatenate(parts)
