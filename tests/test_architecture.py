"""The shape of the code: what is public, who imports whom, no pickle."""

import ast
import importlib
import subprocess
import sys
from copy import deepcopy
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import grimp
import pytest

import coldbench

ROOT = Path(coldbench.__file__).parent
PLUGINS = [ROOT.parent / name for name in ("baselines", "mamo")]


def stated(stub: Path) -> set[str]:
    """The names that a stub imports."""
    nodes = ast.walk(ast.parse(stub.read_text("utf-8")))
    return {a.asname or a.name for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names}


def python(program: str) -> str:
    """What a program prints in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_packages_stand_in_their_order() -> None:
    program = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT.parent
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("coldbench", "baselines", "mamo", cache_dir=None)


def test_no_module_imports_itself_through_others(graph: grimp.ImportGraph) -> None:
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(list(TopologicalSorter(imports).static_order())) >= len(graph.modules)


def test_no_folder_of_the_report_imports_itself_through_others(graph: grimp.ImportGraph) -> None:
    folded, parts = deepcopy(graph), graph.find_children("coldbench.report")
    for part in parts:
        folded.squash_module(part)
    imports = {part: folded.find_modules_directly_imported_by(part) & parts for part in parts}
    assert set(TopologicalSorter(imports).static_order()) == parts


def test_the_face_is_exactly_what_its_stub_states() -> None:
    names = stated(ROOT / "__init__.pyi")
    assert set(coldbench.__all__) == names
    assert len(coldbench.__all__) == len(names)
    submodules = {path.stem for path in ROOT.iterdir()}
    exposed = {n for n in vars(coldbench) if not n.startswith("_")} - submodules
    assert exposed <= names | {"Any", "FINDER", "lazy_loader", "sys"}, exposed - names


def test_every_public_object_says_what_it_is() -> None:
    for name in coldbench.__all__:
        assert getattr(coldbench, name).__doc__, f"coldbench.{name} has no docstring"


def test_the_face_imports_nothing_heavy() -> None:
    heavy = "{'torch', 'numpy', 'pandas', 'pydantic', 'matplotlib', 'scipy'}"
    assert python(f"import sys, coldbench; print({heavy} & set(sys.modules))") == "set()\n"


def test_paths_of_earlier_versions_lead_to_the_same_objects() -> None:
    told = python(
        "import warnings\nfrom importlib import import_module as named\n"
        "from coldbench.moved import MOVED\n"
        "with warnings.catch_warnings(record=True) as told:\n"
        "    warnings.simplefilter('always')\n    from coldbench.learner import Learner\n"
        "print(told[0].category.__name__, told[0].message)\n"
        "warnings.simplefilter('ignore')\n"
        "names = {old: getattr(named(new), '__all__', []) for old, new in MOVED.items()}\n"
        "print([(old, name) for old in MOVED for name in names[old]"
        " if getattr(named(old), name) is not getattr(named(MOVED[old]), name)])"
    )
    warned, same = told.splitlines()
    assert warned.startswith("DeprecationWarning coldbench.learner")
    assert same == "[]"


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda path: path.name)
def test_our_learners_import_the_face_only(folder: Path) -> None:
    """So that they come in through the door that a stranger's learners use."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not module.startswith("coldbench."), f"{path} imports {module}"


def test_no_pickle_and_no_eval() -> None:
    for folder in (ROOT, *PLUGINS):
        for path in folder.rglob("*.py"):
            if path.name == "declared.py":  # checks that learners can be pickled
                continue
            names = {n.id for n in ast.walk(ast.parse(path.read_text("utf-8")))
                     if isinstance(n, ast.Name)}  # fmt: skip
            assert not names & {"pickle", "eval", "exec"}, path


def test_the_version_is_that_of_the_package() -> None:
    assert coldbench.__version__ == version("coldbench")


PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.pyi"))


def crossing(path: Path) -> list[tuple[str, str]]:
    """(module, name) of what a file imports of other packages of coldbench."""
    own = path.relative_to(ROOT).parts[0]
    nodes = (
        n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.ImportFrom)
    )
    return [
        (node.module, alias.name)
        for node in nodes
        if node.module and node.module.partition(".")[0] == "coldbench"
        for alias in node.names
        if node.module.split(".")[1:2] not in ([], [own])
    ]


def test_packages_take_from_each_other_what_their_faces_offer() -> None:
    for path in ROOT.rglob("*.py"):
        for module, name in crossing(path):
            package = module.split(".")[1]
            if package in PACKAGES:
                assert module == f"coldbench.{package}", f"{path} imports {name} from {module}"
                assert name in stated(ROOT / package / "__init__.pyi"), f"{path}: {package}.{name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_face_of_a_package_is_what_its_stub_states(package: str) -> None:
    module = importlib.import_module(f"coldbench.{package}")
    assert set(module.__all__) == stated(ROOT / package / "__init__.pyi")
    assert module.__doc__
    for name in module.__all__:
        public = getattr(module, name)
        homonym = (ROOT / package / f"{name}.py").exists() or (ROOT / package / name).is_dir()
        assert not homonym or isinstance(public, ModuleType), f"{package}.{name} hides a module"
