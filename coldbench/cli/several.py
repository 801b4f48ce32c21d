"""`run` on several data sets: all that can refuse one of them does, then a study each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coldbench.cli.facts.rehearsal import rehearsed
from coldbench.cli.joining import joined
from coldbench.errors import ColdbenchError
from coldbench.league import Parts
from coldbench.study import How, Progress, Study, StudyConfig, rehearse, start_of

__all__ = ["Configs", "about", "configurations", "rehearsed_all", "run_all"]

Configs = Mapping[str, StudyConfig]  # by name of the data set; "" for a study of one


def configurations(parts: Parts | None, file: Path | None, said: Mapping[str, Any]) -> Configs:
    """Of each study; file, said: of a command that asks for one."""
    if parts is None:
        return {"": joined(file, said)}
    made = {}
    for part in parts.parts:
        with about(part.name):
            made[part.name] = joined(None, part.keys)
    return made


def rehearsed_all(folder: Path, configs: Configs, how: How) -> dict[str, Any]:
    """The facts of `rehearsed` for each data set, and their sums."""
    studies = {}
    for name, config in configs.items():
        with about(name):
            studies[name] = rehearsed(config, how)
    sums = {
        key: sum(facts[key] for facts in studies.values()) for key in ("runs", "stored", "seconds")
    }
    return {"folder": folder, **sums, "studies": studies}


def run_all(
    configs: Configs, how: How, announce: Callable[[str], None], run: Callable[[StudyConfig], Study]
) -> dict[str, Study]:
    """A study after the other, once nothing refuses any of them."""
    for name, config in configs.items():
        with about(name):
            start = start_of(config, how, Progress())
            rehearse(start.folder, start.manifest, how)
    studies = {}
    for place, (name, config) in enumerate(configs.items(), 1):
        announce(f"{name}, data set {place} of {len(configs)}")
        with about(name):
            studies[name] = run(config)
    return studies


@contextmanager
def about(name: str) -> Iterator[None]:
    """Errors say which data set they are about."""
    try:
        yield
    except ColdbenchError as error:
        raise type(error)(f"{name}: {error}") from error
