"""Two runs of one job on two machines: the same bits, the same but for rounding, or another run."""

from collections.abc import Callable

import pytest

from coldbench.errors import StoreError
from coldbench.league.packs.sentinel import FLOOR, agreement, disagreement, scale_of
from coldbench.running.records import Job, RunRecord
from coldbench.study.store import Study
from coldbench.text import plain

Records = dict[str, RunRecord]


@pytest.fixture
def there(packed_study: object) -> Records:
    """The pack's runs of ridge, by seed."""
    study = Study.open(packed_study)  # type: ignore[arg-type]
    return {r.job.seeds.label: r for r in study.records() if r.job.learner == "ridge"}


def moved(record: RunRecord, by: float, **facts: object) -> RunRecord:
    """With other predictions, all of whose errors differ by so much."""
    scores = [
        row.model_copy(update={"value": row.value + by}) if row.value is not None else row
        for row in record.scores
    ]
    return record.model_copy(update={"scores": scores, "predictions_sha256": "f" * 64, **facts})


def noise(there: Records, size: float) -> Callable[[list[Job]], list[RunRecord]]:
    """A rerun in which the last bit moves errors by a few times `size`."""

    def rerun(jobs: list[Job]) -> list[RunRecord]:
        return [
            moved(there[str(job.seeds.split)], size * (job.seeds.rounding - 2), job=job)
            for job in jobs
        ]

    return rerun


def never(jobs: list[Job]) -> list[RunRecord]:
    raise AssertionError("equal bits need no noise")


def test_equal_bits_need_nothing_else(there: Records) -> None:
    check = agreement(there, there, never)
    assert (check.verdict, check.exact, check.seeds) == ("bit for bit", 4, 4)


def test_a_difference_that_noise_makes_too_is_rounding(there: Records) -> None:
    here = {**there, "1": moved(there["1"], 0.004)}
    check = agreement(there, here, noise(there, 0.002))
    assert (check.verdict, check.exact, check.noisy) == ("within rounding", 3, 3)
    assert check.moved == pytest.approx(0.004)
    assert check.limit is not None
    assert check.limit > 0.004


def test_a_difference_that_noise_does_not_make_is_told_with_its_size(there: Records) -> None:
    here = {seed: moved(record, 0.004) for seed, record in there.items()}
    check = agreement(there, here, noise(here, 1e-6))
    assert (check.verdict, check.exact, check.noisy) == ("disagrees", 0, 9)
    said = disagreement(check, "embedded@1")
    assert "its MAE differs by 0.004 at seed" in said
    assert "reference show embedded@1" in said


@pytest.mark.parametrize(("by", "verdict"), [(0.5, "within rounding"), (5.0, "disagrees")])
def test_the_arithmetic_of_a_sum_is_let_pass(there: Records, by: float, verdict: str) -> None:
    smallest = min(row.value for row in there["0"].scores if row.metric == "mae" and row.value)
    here = {"0": moved(there["0"], by * FLOOR * smallest)}
    assert agreement(there, here, noise(here, 0.0)).verdict == verdict


def test_other_machines_and_code_are_named(there: Records) -> None:
    facts = {**there["0"].provenance, "processor": "an abacus", "code": "2:" + "a" * 16}
    check = agreement(there, {"0": moved(there["0"], 1.0, provenance=facts)}, noise(there, 0.0))
    told = plain("; ".join(check.why))
    assert "an abacus" in told
    assert "its code 2:" in told


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"status": "failed", "reason": "boom"}, "failed on this machine: boom"),
        ({"split_sha256": "0" * 64}, "other test tasks"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    there: Records, facts: dict[str, str], told: str
) -> None:
    with pytest.raises(StoreError, match=told):
        agreement(there, {"0": there["0"].model_copy(update=facts)}, never)


def test_seconds_are_scaled_by_the_median_of_both(there: Records) -> None:
    here = {
        seed: record.model_copy(update={"seconds": {"total": 2 * record.seconds["total"]}})
        for seed, record in there.items()
    }
    assert scale_of(there, here) == pytest.approx(0.5)
