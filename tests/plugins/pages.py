"""Follow a page of docs/ as a stranger would: its listings become files, its commands are run."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

__all__ = ["DOCS", "blocks", "follow", "offline_tools"]

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """(language, rest of the opening line, text) of each fenced block, in order."""
    return [(m[1], m[2].strip(), m[3]) for m in BLOCK.finditer(page.read_text("utf-8"))]


def follow(page: Path, folder: Path, environment: dict[str, str], skip: str = "") -> list[str]:
    """Writes the listings with a title, runs the commands; returns these. `skip`: a block's mark."""
    done = []
    for language, mark, text in blocks(page):
        title = re.search(r'title="([^"]+)"', mark)
        if title:
            (folder / title[1]).write_text(text)
        elif language == "sh" and not (skip and mark == skip):
            for command in text.strip().splitlines():
                ran = subprocess.run(
                    ["bash", "-c", command], cwd=folder, env=environment, text=True,
                    capture_output=True, check=False, timeout=300,
                )  # fmt: skip
                assert ran.returncode == 0, f"{command}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
                done.append(command)
    return done


def offline_tools(folder: Path) -> dict[str, str]:
    """An environment whose `pip` installs into `folder` only, without the network."""
    prefix, tools = folder / "prefix", folder / "bin"
    tools.mkdir()
    python = f'exec "{sys.executable}"'
    offline = f'--no-build-isolation --no-deps --no-index -q --prefix "{prefix}"'
    for name, line in {
        "coldbench": f'{python} -m coldbench "$@"',
        "pytest": f'{python} -m pytest -q -p no:cacheprovider "$@"',
        "pip": f'{python} -m pip "$1" {offline} "${{@:2}}"',
    }.items():
        (tools / name).write_text(f"#!/usr/bin/env bash\n{line}\n")
        (tools / name).chmod(0o755)
    names = {"base": str(prefix), "platbase": str(prefix)}
    site = sysconfig.get_path("purelib", "posix_prefix", vars=names)
    # A folder on PYTHONPATH has its dist-info read but not its .pth: name the projects as well.
    projects = [folder / name for name in ("my-learner", "my-data", "my-metric")]
    paths = [site, *map(str, projects), str(ROOT)]
    return {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONWARNINGS": "default",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
