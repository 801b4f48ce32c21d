"""A record as one short line: what many records have in common is said once and referred to.

Runs of one learner differ in their seeds, runs at one seed predict the same tasks, and all of them
were made by few versions of the software: configurations, the layout of the scores and the
provenance make up most of a record.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["expand", "name_of", "shrink", "to_line"]

Record = dict[str, Any]


def to_line(value: object) -> bytes:
    """Canonical JSON on one line of ASCII; keys keep their order."""
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def name_of(value: object) -> str:
    """The name of a shared value: 16 hexadecimal digits of its contents."""
    return hashlib.sha256(to_line(value)).hexdigest()[:16]


def shrink(record: Record, share: Callable[[Any], str]) -> Record:
    """A stored record with its shared parts replaced by the names that `share` gives them."""
    line = dict(record)
    job = record["job"]
    line["job"] = {"of": share({**job, "seeds": None}), "seeds": job["seeds"]}
    if "provenance" in line:
        line["provenance"] = share(line["provenance"])
    if "curve" in line:
        line["curve"] = _columns(line["curve"])
    if "scores" in line:
        line["scores"] = _shrink_scores(line["scores"], share)
    return line


def expand(line: Record, shared: Mapping[str, Any]) -> Record:
    """The reverse of `shrink`; raises ValueError, KeyError or TypeError for anything else."""
    record = dict(line)
    job = line["job"]
    record["job"] = {**shared[job["of"]], "seeds": job["seeds"]}
    if "provenance" in line:
        record["provenance"] = shared[line["provenance"]]
    if "curve" in line:
        record["curve"] = _rows(line["curve"])
    if "scores" in line:
        record["scores"] = _expand_scores(line["scores"], shared)
    return record


def _shrink_scores(scores: Any, share: Callable[[Any], str]) -> Any:
    if not scores or any("value" not in row for row in scores):
        return scores
    layout = [{**row, "value": None} for row in scores]
    return {"of": share(layout), "value": [row["value"] for row in scores]}


def _expand_scores(scores: Any, shared: Mapping[str, Any]) -> Any:
    if not isinstance(scores, dict):
        return scores
    pairs = zip(shared[scores["of"]], scores["value"], strict=True)
    return [{**row, "value": value} for row, value in pairs]


def _columns(rows: Any) -> Any:
    """Rows that all have the same keys as one list a key; others stay as they are."""
    if not rows or any(not row or list(row) != list(rows[0]) for row in rows):
        return rows
    return {key: [row[key] for row in rows] for key in rows[0]}


def _rows(table: Any) -> Any:
    if not isinstance(table, dict):
        return table
    lines = zip(*table.values(), strict=True)
    return [dict(zip(table, line, strict=True)) for line in lines]
