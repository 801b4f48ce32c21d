"""Fixtures that all tests share: caches of their own, small data."""

import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # the process that only deals out the tests needs no torch
    from coldbench.data.ratings import Ratings

pytest_plugins = ["tests.studies", "tests.edited"]  # toy learners and tiny studies, for all

# A shell that starts the tests in the background has Ctrl-C ignored, in every child as well.
signal.signal(signal.SIGINT, signal.default_int_handler)

# By default an example that takes 0.2 s fails, as any does on a busy machine.
settings.register_profile(
    "patient", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the user's caches."""
    os.environ["COLDBENCH_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["COLDBENCH_DATA"] = str(tmp_path_factory.mktemp("data"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--device cuda`: the conformance suite of learners on a GPU."""
    parser.addoption(
        "--device", default="cpu", help="of the learners' conformance suite: cpu, cuda"
    )


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> str:
    """Where the learners of the conformance suite work."""
    return str(request.config.getoption("--device"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.scheduling import Together

    return Together(config, log)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: garbage collections, fewer than usual, leave them out."""
    gc.freeze()
    gc.set_threshold(100_000)


def pytest_runtest_setup() -> None:
    """One torch thread, or as many as asked for; runs of a study use one, whatever is set here."""
    import torch

    torch.set_num_threads(int(os.environ.get("COLDBENCH_TEST_THREADS", "1")))


@pytest.fixture(scope="session")
def ratings(own_cache: None) -> "Ratings":
    """240 users, 160 items, 9,600 synthetic ratings."""
    from coldbench.conformance.problem import small_ratings

    return small_ratings()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with ml-1m/ and ml-100k/ as atomic files."""
    default = Path(__file__).parent.parent.parent / "shared" / "data"
    folder = Path(os.environ.get("COLDBENCH_TEST_DATA", default))
    if not folder.exists():
        pytest.skip("set COLDBENCH_TEST_DATA to a folder with ml-1m/ and ml-100k/")
    return folder
