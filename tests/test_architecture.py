"""Data flows one way: a module imports only from stations before its own."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import coldbench

ROOT = Path(coldbench.__file__).parent
# The stations in order; modules of one line may not import each other unless in one folder.
STATIONS = [
    {"errors", "statistics", "worker"},
    {"rng", "registry", "options", "space", "advice", "budget", "unsteady"},
    {"ratings"},
    {"datasets", "ragged"},
    {"collapse", "predictions", "splits"},
    {"protocols", "episodes"},
    {"content", "learner"},
    {"predict"},
    {"fit"},
    {"metrics"},
    {"score"},
    {"ablation", "conformance", "conformance_datasets", "conformance_metrics"},
    {"encoding", "records"},
    {"checking", "scaffold"},
    {"provenance"},
    {"run", "store", "track"},
    {"backends", "digest", "results"},
    {"designs", "published"},
    {"plan"},
    {"drive", "estimate", "verify"},
    {"doctor", "merge"},
    {"report"},
    {"evidence", "tune"},
    {"terminal"},
    {"commands"},
    {"cli"},
    {"__main__"},
]
PLACE = {name: place for place, names in enumerate(STATIONS) for name in names}


OPTIONAL = {"coldbench.backends.dask": "dask", "coldbench.backends.submitit": "submitit"}


def files() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Full names of what a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_come_from_earlier_stations(path: Path) -> None:
    station = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for name in imports(path):
        top, *rest = name.split(".")
        assert top not in {"baselines", "mamo", "tests"}, f"{path} imports the plugin {name}"
        if top != "coldbench" or station == "__init__" or not rest or rest[0] == station:
            continue
        if rest[0] in PLACE:
            assert PLACE[rest[0]] < PLACE[station], f"{path} imports {name}, a later station"


def test_every_module_is_in_the_map() -> None:
    names = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in files()}
    assert names - {"__init__"} == set(PLACE)


def test_statistics_import_no_harness() -> None:
    for path in (ROOT / "statistics").rglob("*.py"):
        for name in imports(path):
            if name.startswith("coldbench"):
                assert name.startswith("coldbench.statistics"), f"{path} imports {name}"


@pytest.mark.parametrize("package", ["baselines", "mamo"])
def test_learners_import_the_contract_only(package: str) -> None:
    allowed = ("content", "episodes", "errors", "learner", "ragged", "ratings", "rng", "space")
    for path in (ROOT.parent / package).rglob("*.py"):
        for name in imports(path):
            top, *rest = name.split(".")
            if top == "coldbench":
                assert rest[0] in allowed, f"{path} imports {name}"


def modules() -> list[str]:
    return [m.name for m in pkgutil.walk_packages([str(ROOT)], "coldbench.")]


@pytest.mark.parametrize("name", modules())
def test_public_names_exist_and_are_all_listed(name: str) -> None:
    if name in OPTIONAL:
        pytest.importorskip(OPTIONAL[name])
    module = importlib.import_module(name)
    listed = getattr(module, "__all__", None)
    if listed is None:
        return
    assert sorted(set(listed)) == sorted(listed), f"{name}.__all__ repeats a name"
    for public in listed:
        assert hasattr(module, public), f"{name}.__all__ names {public}, which is not there"
    if Path(module.__file__ or "").name == "__init__.py":
        return
    defined = {
        node.name
        for node in ast.parse(Path(module.__file__ or "").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    assert defined >= set(listed) & defined


def test_no_pickle_and_no_eval() -> None:
    for folder in (ROOT, ROOT.parent / "baselines", ROOT.parent / "mamo"):
        for path in folder.rglob("*.py"):
            if path.name == "conformance.py":  # checks that learners can be pickled
                continue
            names = {node.id for node in ast.walk(ast.parse(path.read_text("utf-8")))
                     if isinstance(node, ast.Name)}  # fmt: skip
            assert not names & {"pickle", "eval", "exec"}, path
