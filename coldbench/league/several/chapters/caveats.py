"""What a reader of the league must know beside its tables, in sentences."""

from collections.abc import Callable, Iterator, Sequence

from coldbench.league.several.chapters.chapter import Chapter
from coldbench.league.several.over import Overall
from coldbench.text import listed, p_value

__all__ = ["caveats"]

HOLM = (
    "Minus ridge: {} intervals a scenario, each for itself: of learners no different from ridge 1 "
    "in 20 misses 0 by chance. After Holm's correction for all of a scenario the smallest p over "
    "learners, of a t test over data sets, is {}."
)
FEW = (
    "With {} data sets an interval over data sets is wide ({} times their spread is added on "
    "either side): what is true of these data sets is in the columns that count them."
)
ALONE = "One data set has no interval over data sets: add others."
NOT_RUN = (
    "Not run on every data set, and so behind the others, with a mean over the data sets that they "
    "have, which cannot be compared with means over all: {}."
)
PARTIAL = (
    "Without seeds that at least half of the learners have, so without a rank on those data sets "
    "and behind the others, since means over other seeds cannot be compared: {}."
)
REACH = {2: "9", 3: "2.5", 4: "1.6", 5: "1.2", 6: "1.05"}  # t / sqrt(K)


def caveats(chapter: Chapter) -> Iterator[str]:
    """Few data sets, many intervals, what was not run, what the studies do not share."""
    yield from _few(len(chapter.league.datasets))
    yield from _many(chapter)
    yield from _missing(chapter)
    yield from _partial(chapter)
    yield from chapter.league.notes


def _few(count: int) -> Iterator[str]:
    if count == 1:
        yield ALONE
    elif count in REACH:
        yield FEW.format(count, REACH[count])


def _many(chapter: Chapter) -> Iterator[str]:
    """How many intervals stand beside ridge, with the least p of each scenario, and whose it is."""
    sizes, said = set(), []
    for scenario, every in chapter.league.overall.items():
        known = [(one.holm, one) for one in every if one.holm is not None]
        if known:
            sizes.add(len(known))
            p, one = min(known, key=lambda pair: pair[0])
            said.append(f"{p_value(p)} in {scenario} ({_beside(chapter, one)})")
    if said:
        yield HOLM.format(listed([str(size) for size in sorted(sizes)], 9), listed(said, 9))


def _beside(chapter: Chapter, one: Overall) -> str:
    gap = one.over_ridge.mean.value if one.over_ridge else None
    return f"{chapter.names[one.learner]}, {'above' if (gap or 0.0) > 0.0 else 'below'} ridge"


def _missing(chapter: Chapter) -> Iterator[str]:
    found = _by_learner(chapter, lambda one: one.missing)
    total = len(chapter.league.datasets)
    if found:
        said = [f"{name} ({total - len(lacks)} of {total})" for name, lacks in found.items()]
        yield NOT_RUN.format(listed(said, 40))


def _partial(chapter: Chapter) -> Iterator[str]:
    if found := _by_learner(chapter, lambda one: one.partial):
        said = [f"{name} ({listed(where, 9)})" for name, where in found.items()]
        yield PARTIAL.format(listed(said, 40))


def _by_learner(chapter: Chapter, of: Callable[[Overall], Sequence[str]]) -> dict[str, list[str]]:
    """The data sets that `of` names in any scenario, for each learner that has some."""
    found: dict[str, dict[str, None]] = {}
    for one in (one for every in chapter.league.overall.values() for one in every):
        if of(one):
            found.setdefault(chapter.names[one.learner], {}).update(dict.fromkeys(of(one)))
    return {name: list(where) for name, where in found.items()}
