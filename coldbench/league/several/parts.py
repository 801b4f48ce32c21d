"""`--dataset a,b` and `datasets:` in a file: a study for each data set, all in one folder."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coldbench import registry
from coldbench.errors import UsageError, shorten, unknown
from coldbench.league.several.gathering import holds_studies, studies_of
from coldbench.options import read_yaml
from coldbench.study import StudyConfig, overlaid

__all__ = ["Part", "Parts", "parts_of", "split_names"]

Values = Mapping[str, Any]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}")  # it names a folder
APART = ("out", "seeds", "protocol")  # alike for all, so that the studies stand in one league
KEYS = sorted({*StudyConfig.model_fields, "tuned"} - set(APART))
FORM = (
    "datasets: write a list of names or folders, or a mapping of names to what is different for "
    "each, such as `{amazon: {dataset: data/hin-amazon, options: {...}}}`"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A data set: its name, and the keys of its `StudyConfig`, `out` among them."""

    name: str
    keys: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """folder: where the studies are; never empty."""

    folder: Path
    parts: tuple[Part, ...]


def parts_of(file: Path | None, said: Values) -> Parts | None:
    """The studies that a command asks for; None where it asks for one, in the usual way.

    file, said: a configuration file and the keys that the command line gives, which win. Where
    `out` is a folder of studies and no data set is named, each of them. Raises UsageError for names
    that are no folders' names, or twice the same.
    """
    given = read_yaml(file) if file else {}
    listed = _listed(given.pop("datasets", None))
    told = {key: value for key, value in said.items() if key != "dataset"}
    out = told.get("out") or given.get("out")
    inside = bool(out) and holds_studies(Path(str(out)))
    asked = _asked(said, given, listed)
    if asked is None and inside:
        asked = {study.path.name: {} for study in studies_of(Path(str(out)))}
    if asked is None or (len(asked) == 1 and not listed and not inside):
        return None
    protocol = told.get("protocol") or given.get("protocol") or "separate"
    folder = Path(str(out)) if out else Path("results") / f"data-sets-{protocol}"
    if (folder / "study.json").exists():
        raise UsageError(f"{folder} is a study: give several data sets a folder of their own")
    parts = (Part(name, _keys(name, given, own, told, folder)) for name, own in asked.items())
    return Parts(folder, tuple(parts))


def _listed(datasets: Any) -> dict[str, dict[str, Any]]:
    """What `datasets:` says of each name."""
    if datasets is None:
        return {}
    if isinstance(datasets, list) and all(isinstance(one, str) for one in datasets):
        return _named(datasets)
    if not isinstance(datasets, dict) or not datasets:
        raise UsageError(FORM)
    made = {name: {} if own is None else own for name, own in datasets.items()}
    if not all(isinstance(name, str) and isinstance(own, dict) for name, own in made.items()):
        raise UsageError(FORM)
    return {name: {"dataset": name, **own} for name, own in made.items()}


def _asked(
    said: Values, given: Values, listed: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]] | None:
    """The data sets by name, those of the command line first; None where nothing names one."""
    if said.get("dataset"):
        names = split_names(str(said["dataset"]))
        new = _named([name for name in names if name not in listed])
        return {name: listed[name] for name in names if name in listed} | new
    if listed:
        if "dataset" in given:
            raise UsageError("dataset and datasets in one file: give one of them")
        return listed
    return _named([str(given["dataset"])]) if "dataset" in given else None


def split_names(text: str) -> list[str]:
    """Data sets between commas; a folder that has a comma in its name stays whole."""
    parts, names, start = text.split(","), [], 0
    while start < len(parts):
        stop = next(
            (stop for stop in range(len(parts), start + 1, -1) if _exists(parts[start:stop])),
            start + 1,
        )
        if name := ",".join(parts[start:stop]).strip():
            names.append(name)
        start = stop
    return names


def _exists(parts: Sequence[str]) -> bool:
    name = ",".join(parts)
    try:
        return name in registry.names("dataset") or Path(name).expanduser().exists()
    except (OSError, ValueError):
        return False


def _named(datasets: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Each under the last part of its path."""
    named: dict[str, dict[str, Any]] = {}
    for dataset in datasets:
        name = _name_of(dataset)
        if name in named:
            both = " and ".join(shorten(one) for one in (named[name]["dataset"], dataset))
            raise UsageError(
                f"{both} would both be called {name}: name them in a file, as "
                "`datasets: {a: {dataset: ...}, b: {dataset: ...}}`"
            )
        named[name] = {"dataset": dataset}
    return named


def _name_of(dataset: str) -> str:
    if dataset in registry.names("dataset"):
        return dataset
    path = Path(dataset).expanduser()
    return re.sub(r"[^A-Za-z0-9._+-]", "-", path.resolve().name.removesuffix(".zip")) or "data"


def _keys(name: str, given: Values, own: Values, told: Values, folder: Path) -> dict[str, Any]:
    """Of one study: what the file says of all, then of this data set, then the command line."""
    if not NAME.fullmatch(name):
        raise UsageError(f"datasets: {shorten(name)} cannot name a folder: use letters and digits")
    for key in own:
        if key in APART:
            raise UsageError(f"datasets: {name}.{key}: the same for all data sets, so say it once")
        if key not in KEYS:
            raise unknown(f"key of datasets.{name}", key, KEYS)
    rest = {key: value for key, value in own.items() if key not in ("tuned", "dataset")}
    models = told.get("models") or own.get("models") or given.get("models")
    tuned = _tuned(Path(str(own["tuned"])), models) if "tuned" in own else {}
    keys = overlaid(overlaid(overlaid(given, tuned), rest), told)
    named = {"dataset": own["dataset"]} if "dataset" in own else {}
    return (
        {key: value for key, value in keys.items() if key != "dataset"}
        | named
        | {"out": folder / name}
    )


def _tuned(file: Path, models: Sequence[str] | None) -> dict[str, Any]:
    """Options and budgets in a `tuned.yaml`, of the learners that the study has."""
    tuned = read_yaml(file)
    wanted = list(models or tuned.get("models") or ())
    return {
        "models": wanted,
        **{
            key: {name: value for name, value in (tuned.get(key) or {}).items() if name in wanted}
            for key in ("options", "tuning")
        },
    }
