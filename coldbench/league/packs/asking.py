"""What `coldbench enter` is asked, and the plan of the runs that it makes on this machine."""

import re
from dataclasses import dataclass
from pathlib import Path

from coldbench import registry
from coldbench.errors import StoreError, UsageError, unknown
from coldbench.league.packs.naming import check_name, folded
from coldbench.league.packs.opening import Pack
from coldbench.report.recipe import Design, design_of
from coldbench.study import OWN, Budget, Manifest, Named, StudyConfig, describe

__all__ = ["LITE", "Asked", "config_of", "tuned"]

LITE = 3  # seeds


@dataclass(frozen=True)
class Asked:
    """learner: a registered one, or one of the variants of `chosen`, whose options, variants and
    tuning of it count, and nothing else but dataset_options; data: a folder, where the data set is
    not found by name; lite: the first three seeds of the pack only."""

    learner: str
    pack: Pack
    chosen: StudyConfig
    data: str = ""
    sentinel: str = "ridge"
    lite: bool = False
    out: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the entry is made: `results/PACK-LEARNER` unless said otherwise."""
        safe = re.sub(r"[^A-Za-z0-9.-]", "-", self.learner)
        return self.out or Path("results") / f"{self.pack.title}-{safe}"

    def check_names(self, plan: Manifest) -> None:
        """Raises UsageError for a learner that is unknown, is the pack's or is called nearly as one
        of these, and for another sentinel."""
        known = [*registry.names("learner"), *self.chosen.variants]
        if self.learner not in known:
            raise unknown("learner", self.learner, known)
        check_name(self.learner)
        theirs = {folded(name): name for name in plan.learners}
        if taken := theirs.get(folded(self.learner)):
            raise UsageError(
                f"{self.pack.title} has a learner called {taken!r} already, with runs of "
                "its own: give yours another name, in the entry points of its package or as a "
                f"variant in --config; the pack's is in `coldbench reference get {self.pack.title}`"
            )
        if self.sentinel not in plan.learners:
            raise unknown(f"learner of {self.pack.title} for --sentinel", self.sentinel,
                          plan.learners)  # fmt: skip


def config_of(asked: Asked, plan: Manifest, learner: str) -> StudyConfig:
    """The study of one learner on this machine, all else as in the pack."""
    fixed, design = plan.fixed, _design(asked, plan)
    theirs = learner in plan.learners
    variants, options = asked.chosen.variants, asked.chosen.options
    tuning = asked.chosen.tuning
    if theirs:
        ran = dict(plan.learners[learner])
        base = ran.pop("base", learner)
        variants = {learner: Named(base=base)} if base != learner else {}
        options, tuning = {learner: ran}, {}
    return StudyConfig(
        dataset=asked.data or fixed["dataset"],
        dataset_options={**plan.dataset_options, **asked.chosen.dataset_options},
        protocol=fixed["protocol"],
        protocol_options=fixed["protocol_options"],
        scenarios=tuple(fixed["scenarios"]),
        shots=tuple(fixed["shots"]),
        refit=fixed["refit"],
        device=fixed.get("device", "cpu"),
        stop_by=fixed.get("stop_by", "mae"),
        models=(learner,),
        variants={name: one for name, one in variants.items() if name == learner},
        options={name: one for name, one in options.items() if name == learner},
        tuning={name: one for name, one in tuning.items() if name == learner},
        seeds=design.seeds,
        design=design.name,
        margin=plan.margin,
        yardsticks=False,
        out=asked.folder / OWN,
    )


def _design(asked: Asked, plan: Manifest) -> Design:
    design = design_of(plan)
    if design is None:
        raise StoreError(
            f"the learners of {asked.pack.title} have seeds that no design gives: nothing can be "
            "paired with all of them"
        )
    return Design(design.name, design.seeds[:LITE]) if asked.lite else design


def tuned(budget: Budget | None, config: StudyConfig, learner: str) -> str:
    """How the learner was tuned, in words; empty for one that was not."""
    if budget is None:
        return ""
    own = config.variants[learner].options if learner in config.variants else {}
    given = {**own, **config.options.get(learner, {})}
    return describe(budget.model_dump(mode="json"), given)
