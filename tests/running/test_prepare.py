"""One prepared job for running, estimating, tuning and evidence."""

from coldbench.running.preparation import SplitKey, permitted, prepare
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from coldbench.tune.objective import blinded


def test_learners_of_one_seed_share_their_split(config: StudyConfig) -> None:
    ratings, (bias, mean, other, _) = plan(config)
    first, second = prepare(bias), prepare(mean)
    assert first.split is second.split
    assert first.ratings.sha256 == ratings.sha256
    assert first.variant.learner is not second.variant.learner
    assert first.config.model_dump(mode="json") == bias.config
    assert prepare(other).split.split_sha256 != first.split.split_sha256


def test_a_view_is_all_that_is_prepared(config: StudyConfig) -> None:
    job = plan(config)[1][0]
    seen = prepare(job, blinded)
    assert len(permitted(SplitKey.of(job))[1].test) > len(seen.split.test) == 0
    assert seen.ratings.sha256 == "blind"
