"""The files of a site in a folder: whole, or not at all, and never over something else."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import coldbench
from coldbench.aside import aside_of
from coldbench.errors import StoreError, UsageError

__all__ = ["MARK", "write_site"]

MADE_BY = "coldbench "
MARK = "site.json"  # by which a later call knows the folder as its own


def write_site(texts: Mapping[str, str], out: Path) -> list[Path]:
    """Replace the site in `out`; raises UsageError where it holds something else."""
    if out.exists() and not _is_ours(out):
        raise UsageError(f"{out} is no site of coldbench: choose another --out, or empty it")
    aside, earlier = aside_of(out), aside_of(out)
    try:
        for place, text in {**texts, MARK: _mark(texts)}.items():
            file = aside / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        if out.exists():
            out.rename(earlier)
        aside.rename(out)
    except OSError as error:
        if earlier.exists():
            earlier.rename(out)
        raise StoreError(f"cannot write the site to {out}: {error.strerror or error}") from None
    finally:
        for folder in (aside, earlier):
            shutil.rmtree(folder, ignore_errors=True)
    return [out / place for place in texts]


def _is_ours(out: Path) -> bool:
    """Whether it is empty, or has the mark of a site: others may call a file so too."""
    if not out.is_dir():
        return False
    if not any(out.iterdir()):
        return True
    try:
        about = json.loads((out / MARK).read_text("utf-8"))
        return str(about["made_by"]).startswith(MADE_BY) and "index.html" in about["files"]
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _mark(texts: Mapping[str, str]) -> str:
    about = {"made_by": f"{MADE_BY}{coldbench.__version__}", "files": sorted(texts)}
    return json.dumps(about, indent=1) + "\n"
