"""Fills pages from the code: `<!-- learners -->` and the like become cards made of docstrings.

A line in italics below one is for who reads the file itself; it goes with the mark.
"""

import atexit
import importlib
import inspect
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import leagues  # noqa: E402
from packages import picture  # noqa: E402

from coldbench import notebook, registry, statistics  # noqa: E402
from coldbench.cli.commands import COMMANDS  # noqa: E402
from coldbench.data.tables.presets import presets  # noqa: E402
from coldbench.errors import UsageError  # noqa: E402
from coldbench.league import find_pack  # noqa: E402
from coldbench.learning import Choice, Dimension, Variant, load_variant  # noqa: E402
from coldbench.study import Study, StudyConfig, results  # noqa: E402
from coldbench.tasks import PROTOCOLS  # noqa: E402

COSTS = {"ml-1m@1": "MovieLens-1M", "ml-100k@1": "MovieLens-100K"}  # where costs are read off
ACROSS = (
    "ml-100k@1", "ml-latest-small@1", "ml-1m@1", "hin-amazon@3", "hin-yelp@2", "dbook@1",
)  # fmt: skip
MARK = re.compile(r"<!-- (\w+)(?: ([\w@-]+))? -->(?:\n\*[^\n]*`make docs`[^\n]*\*$)?", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """mkdocs calls this for every page."""
    return MARK.sub(lambda match: PARTS[match[1]](*filter(None, [match[2]])), markdown)


@cache
def _study(name: str) -> Path:
    """The folder of a committed study, or of what a pack such as `ml-100k@1` holds."""
    if "@" not in name:
        return ROOT / "results" / name
    room = tempfile.TemporaryDirectory()
    atexit.register(room.cleanup)
    return find_pack(name).unpack(Path(room.name) / name).path


def shots(study: str) -> str:
    """Mean MAE with so many support ratings in C-C: what a new user's first ratings of new items
    are worth."""
    found = Study.open(_study(study)).results()
    found = found[(found["scenario"] == "C-C") & (found["metric"] == "mae")]
    table = found.pivot_table("value", "learner", "shots")
    counts = [count for count in table if count >= 0]
    table = table[[*counts, -1]].sort_values(-1)
    head = ["learner", *map(str, counts), "all"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    lines += [
        f"| {' | '.join([name, *(f'{value:.3f}' for value in row)])} |"
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return "\n".join(lines) + "\n"


@cache
def _costs(pack: str) -> pd.DataFrame:
    return results.costs(Study.open(_study(pack)))


def overview() -> str:
    """MAE of every learner in W-W and C-C on the packs' data, its seconds, and its first test."""
    notes = yaml.safe_load((ROOT / "docs" / "learner-notes.yaml").read_text("utf-8"))
    maes, seconds = [], {}
    for pack in ACROSS:
        found = Study.open(_study(pack)).results()
        found = found[(found["metric"] == "mae") & (found["shots"] == -1)]
        maes.append(found.groupby(["learner", "scenario"])["value"].mean())
        seconds[pack] = _costs(pack).groupby("learner")["seconds_total"].median()
    head = ["learner", *ACROSS, *(f"s, {data}" for data in COSTS.values()), "checked by"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name, note in notes.items():
        cells = [
            f"{mae[name]['W-W']:.3f}, {mae[name]['C-C']:.3f}" if name in mae else "" for mae in maes
        ]
        cells += [f"{seconds[p][name]:.1f}" if name in seconds[p] else "" for p in COSTS]
        row = [f"`{name}`", *cells, f"`{note['check']}`"]
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def learners() -> str:
    """A card for each registered learner of ours, by the package that holds its family."""
    notes = yaml.safe_load((ROOT / "docs" / "learner-notes.yaml").read_text("utf-8"))
    families: dict[str, list[str]] = {}
    for name, plugin in registry.plugins("learner").items():
        if plugin.package == "coldbench":
            card = _learner(name, notes.get(name, {}))
            families.setdefault(plugin.target.rpartition(".")[0], []).extend(card)
    return "\n".join(line for family in sorted(families.items()) for line in _family(*family))


def _family(package: str, cards: list[str]) -> Iterator[str]:
    name = package.rpartition(".")[2].replace("_", " ")
    yield f"## {name.upper() if name in ('maml', 'mamo') else name.capitalize()}\n"
    yield f"{inspect.getdoc(importlib.import_module(package))}\n"
    yield from cards


def _learner(name: str, note: dict[str, str]) -> Iterator[str]:
    try:
        variant = load_variant(name)
    except UsageError as error:
        yield f"### `{name}`\n\nCannot be loaded here: {error}\n"
        return
    yield f"### `{name}`\n"
    yield f"{variant.note or inspect.getdoc(variant.learner)}\n"
    for pack, data in COSTS.items():
        costs = _costs(pack).loc[lambda costs: costs["learner"] == name]
        if len(costs):
            seconds, numbers = costs["seconds_total"].median(), costs["n_parameters"].median()
            yield f"**Cost** on {data}: {seconds:,.1f} s a run, {numbers:,.0f} parameters.\n"
            break
    if "fails" in note:
        yield f"**When it fails.** {note['fails']}\n"
    module = inspect.getmodule(variant.learner)
    yield "**Idea, equations, source**\n"
    yield f"```text\n{inspect.getdoc(module)}\n```\n"
    yield from _options(variant)


def _options(variant: Variant) -> Iterator[str]:
    """Defaults; the reason of a departure from the paper stands beside its option."""
    config, space = variant.configure({}), variant.dimensions()
    yield "| option | default | tuned within | what, and why |\n|---|---|---|---|"
    for name, field in type(config).model_fields.items():
        text = (field.description or "").replace("|", "\\|")
        base = type(config).tuned_by.get(name)
        within = _within(space[name]) if name in space else f"as `{base}`" if base else ""
        yield f"| `{name}` | `{getattr(config, name)!r}` | {within} | {text} |"
    yield ""


def _within(dimension: Dimension) -> str:
    """`8, 16, 32`, or `0.1 to 50, logarithmic`."""
    if isinstance(dimension, Choice):
        return ", ".join(map(str, dimension.values))
    return f"{dimension.low:g} to {dimension.high:g}{', logarithmic' if dimension.log else ''}"


def protocols() -> str:
    """A card for each protocol."""
    parts = []
    for name, protocol in PROTOCOLS.items():
        parts.append(f"## `{name}`\n\n{protocol.summary}.\n\n{inspect.getdoc(protocol)}\n")
        parts.append("| number | default |\n|---|---|")
        parts += [
            f"| `{field}` | `{info.get_default(call_default_factory=True)!r}` |"
            for field, info in protocol.model_fields.items()
        ]
        parts.append("")
    return "\n".join(parts)


def metrics() -> str:
    """A card for each metric of ours."""
    parts = []
    for name, plugin in registry.plugins("metric").items():
        if plugin.package == "coldbench":
            metric = registry.load("metric", name)
            function = getattr(metric.function, "func", metric.function)
            low, high = (
                f"{end:g}" if end is not None else "∞" for end in (metric.low, metric.high)
            )
            way = "lower" if metric.lower_is_better else "higher"
            unit = f", in {metric.unit}" if metric.unit else ""
            parts.append(
                f"## `{name}`\n\n{metric.summary}; {way} is better, {low} to {high}{unit}.\n"
            )
            parts.append(f"```text\n{inspect.getdoc(function)}\n```\n")
    return "\n".join(parts)


def statistics_() -> str:
    """The text of each public statistic."""
    parts = []
    for name in sorted(statistics.__all__):
        thing = getattr(statistics, name)
        if inspect.isfunction(thing) and inspect.getdoc(thing):
            parts.append(f"## `{name}`\n\n```text\n{inspect.getdoc(thing)}\n```\n")
    return "\n".join(parts)


def commands() -> str:
    """A line for each command, from the parser; each links to its options below."""
    lines = ["| command | what it does |", "|---|---|"]
    for command in sorted(COMMANDS, key=lambda command: command.name or ""):
        text = command.get_short_help_str(200).replace("|", "\\|")
        lines.append(f"| [`{command.name}`](commands.md#coldbench-{command.name}) | {text} |")
    return "\n".join(lines) + "\n"


def study_keys() -> str:
    """Every key of a study's file with its default, and what the configuration says of it."""
    text = " ".join((inspect.getdoc(StudyConfig) or "").split())
    keys = list(StudyConfig.model_fields)
    name = "|".join(keys)
    starts = list(re.finditer(rf"(?:^|[;.] )((?:{name})(?:, (?:{name}))*): ", text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    said = {
        key: text[start.end() : end].rstrip(".;")
        for start, end in zip(starts, ends, strict=True)
        for key in start[1].split(", ")
    }
    lines = ["| key | default | what it is |", "|---|---|---|"]
    for key, field in StudyConfig.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "" if default in (None, {}, ()) else f"`{_plain(default)}`"
        lines.append(f"| `{key}` | {shown} | {said.get(key, '')} |")
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()


def objects() -> str:
    """What a study, its league, a comparison and its figures offer in Python."""
    parts = []
    for name, kind in (
        ("Study", notebook.Study),
        ("League", notebook.League),
        ("Comparison", notebook.Comparison),
        ("Figures", notebook.Figures),
    ):
        parts += [
            f"### `{name}`\n",
            f"{inspect.getdoc(kind)}\n",
            "| member | what it is |",
            "|---|---|",
        ]
        for member, thing in sorted(_members(kind).items()):
            text = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
            parts.append(f"| `{member}` | {text} |")
        parts.append("")
    return "\n".join(parts)


def _members(kind: type) -> dict[str, Any]:
    """Public ones with their parameters; of a study, what is for reading it."""
    internal = {
        "open",
        "prepare",
        "planned",
        "save",
        "put",
        "keep",
        "files",
        "contents",
        "packed",
        "of",
    }
    found = {}
    for name, thing in inspect.getmembers(kind):
        if not name.startswith("_") and name not in internal and inspect.getdoc(thing):
            called = inspect.isfunction(thing)
            parameters = list(inspect.signature(thing).parameters)[1:] if called else []
            found[f"{name}({', '.join(parameters)})" if called else name] = thing
    return found


def changelog() -> str:
    """CHANGELOG.md without its title, its links as from here."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8").partition("\n")[2]
    return text.replace("](docs/", "](")


def packages() -> str:
    """The picture of the packages."""
    return f"<figure>\n{picture()}\n</figure>\n"


def layouts() -> str:
    """A table of the layouts that are recognised, from presets.toml."""
    rows = ["| key | what it is | files | licence |", "|---|---|---|---|"]
    for key, preset in presets().items():
        parts = [preset.ratings, *(part for _, part in preset.contents)]
        files = ", ".join(f"`{name}`" for part in parts for name in part.files)
        rows.append(f"| `{key}` | {preset.summary} | {files} | {preset.licence} |")
    return "\n".join(rows)


def citation() -> str:
    """CITATION.cff as it stands."""
    return f"```yaml\n{(ROOT / 'CITATION.cff').read_text('utf-8')}```\n"


PARTS: dict[str, Callable[..., str]] = {
    "gaps": leagues.gaps,
    "leaders": leagues.leaders,
    "over": leagues.over_ridge,
    "orders": leagues.orders,
    "shots": shots,
    "learners": learners,
    "overview": overview,
    "protocols": protocols,
    "metrics": metrics,
    "statistics": statistics_,
    "changelog": changelog,
    "commands": commands,
    "objects": objects,
    "study": study_keys,
    "layouts": layouts,
    "citation": citation,
    "packages": packages,
}
