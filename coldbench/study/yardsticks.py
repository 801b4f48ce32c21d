"""The learners that every study also runs, so that a result can be read against them."""

from coldbench.study.config import StudyConfig

__all__ = ["YARDSTICKS", "added", "measured"]

# by learner: what it is called in a sentence; both take milliseconds
YARDSTICKS = {"global-median": "the best constant", "bias": "bias"}


def added(config: StudyConfig) -> tuple[str, ...]:
    """The yardsticks that a study runs although nobody asked for them by name."""
    return tuple(name for name in YARDSTICKS if config.yardsticks and name not in config.models)


def measured(config: StudyConfig) -> StudyConfig:
    """The same study with its yardsticks among the models, behind the others."""
    return config.model_copy(update={"models": (*config.models, *added(config))})
