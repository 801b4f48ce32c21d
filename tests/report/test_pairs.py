"""A comparison of two learners, from either side."""

from coldbench.report import build
from coldbench.report.pairs import outcome, seen_from
from coldbench.study.store import Study

MIRRORED = {"better": "worse", "worse": "better", "open": "open"}


def test_a_pair_is_seen_from_both_sides(study: Study) -> None:
    pairs = build(study).pairs
    assert {outcome(p.difference.difference.value, p.adjusted) for p in pairs} > {"open"}
    for pair in pairs:
        first = seen_from(pairs, pair.scenario, pair.a, pair.b)
        other = seen_from(pairs, pair.scenario, pair.b, pair.a)
        assert first is not None
        assert other is not None
        assert first.pair is other.pair is pair
        assert (first.difference, first.limits) == (pair.difference.difference, pair.limits)
        assert (other.difference, other.limits) == (-first.difference, -first.limits)
        assert first.differences == pair.differences == tuple(-one for one in other.differences)
        assert other.outcome == MIRRORED[first.outcome]
    assert seen_from(pairs, "C-C", "mamo", "nobody") is None
