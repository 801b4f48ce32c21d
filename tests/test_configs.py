"""Every file in configs/ is loaded, and names only learners and options that exist."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from coldbench import registry
from coldbench.league import find_pack
from coldbench.learning.learner import Variant
from coldbench.options import read_yaml
from coldbench.study.config import Named, StudyConfig, read_config
from coldbench.study.manifest import Manifest
from coldbench.study.planning import expanded
from coldbench.study.store import Study
from coldbench.tasks.protocols import PROTOCOLS
from tests.committed import committed

# what a file ran, where these are packs
PACKS = {
    "reference": ("ml-100k@1", "ml-latest-small@1"),
    "tuned-ml-100k": ("ml-100k@2",),
    "tuned-ml-latest-small": ("ml-latest-small@2",),
    "reference-34": ("hin-amazon@3", "hin-yelp@2", "dbook@1"),
    "item-identity": ("hin-yelp@1", "hin-amazon@2", "ml-1m@1"),
}
ALSO = {"short-supports": ["short-supports-hin-yelp"]}  # other data sets with the same file
CONFIGS = Path(__file__).parent.parent / "configs"
STUDIES = sorted(path for path in CONFIGS.glob("*.yaml") if path.name != "published.yaml")
NOT_RUN_YET = {
    "given-dbook", "temporal-ml-100k",
}  # fmt: skip


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.name)
def test_study(path: Path) -> None:
    config = expanded(read_config(path, {}))
    PROTOCOLS[config.protocol].model_validate(config.protocol_options)
    for name in config.models:
        named = config.variants.get(name, Named(base=name))
        variant = Variant.of(registry.load("learner", named.base), named.base)
        learner = variant.configure({**named.options, **config.options.get(name, {})})
        assert type(learner).model_validate_json(learner.model_dump_json()) == learner
    assert set(config.options) <= set(config.models)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.name)
def test_a_changed_default_does_not_change_what_committed_results_ran(
    path: Path, tmp_path: Path
) -> None:
    config = expanded(read_config(path, {}))
    assert config.out is not None
    if config.out.name in NOT_RUN_YET:
        assert not config.out.exists(), "it was run: take its name off the list"
        pytest.skip("this study is planned, not run yet")
    packs = PACKS.get(path.stem)
    if packs:
        studies = [find_pack(name).unpack(tmp_path / name) for name in packs]
    else:
        names = [config.out.name, *ALSO.get(path.stem, [])]
        studies = [Study.open(committed(name)) for name in names]
    for study in studies:
        _is_what_ran(config, study.manifest)


def _is_what_ran(config: StudyConfig, ran: Manifest) -> None:
    protocol = PROTOCOLS[config.protocol].model_validate(config.protocol_options)
    assert protocol.model_dump(mode="json") == ran.fixed["protocol_options"]
    assert set(config.models) == set(ran.learners) - (set(ran.yardsticks) - set(config.models))
    for name in config.models:
        named = config.variants.get(name, Named(base=name))
        variant = Variant.of(registry.load("learner", named.base), named.base)
        asked = variant.configure({**named.options, **config.options.get(name, {})})
        assert {"base": named.base, **asked.model_dump(mode="json")} == ran.learners[name]
        stored = {key: value for key, value in ran.learners[name].items() if key != "base"}
        assert variant.configure(stored).model_dump(mode="json") == stored, "it stands for itself"


def test_the_ablation_of_mamo_flips_every_switch_from_both_sides() -> None:
    config = expanded(read_config(CONFIGS / "ablation-mamo-mixed.yaml", {}))
    switches = registry.load("learner", "mamo-paper").Config.switches
    alone = [one for one in config.departures if len(one.factors) == 1]
    assert len(alone) == 2 * len(switches)
    lost = [one.label for one in config.departures if one.left_out]
    assert lost == ["mamo-paper:paper~meta-draw"]  # of all users there is nothing to draw


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.name)
def test_only_departures_from_the_defaults(path: Path) -> None:
    written, default = read_yaml(path), read_config(None, {})
    for key, value in written.items():
        if key not in ("models", "seeds", "protocol", "dataset"):
            found: BaseModel | object = getattr(default, key)
            assert found != value, f"{path.name}: {key} is the default"
