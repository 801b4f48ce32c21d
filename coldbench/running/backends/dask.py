"""Backend `dask`: any Dask cluster that `scheduler` names, or a local one of worker processes.

Workers need coldbench and one thread each. Dask gives a task of a dead worker to another one;
when it has seen too many deaths, the job fails. When the scheduler is lost, the driver waits for
it (`patience` seconds) and submits again what was not answered.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster, Security
from distributed.comm.core import CommClosedError

from coldbench.errors import UsageError, shorten
from coldbench.running.backends.engine import DeadWorkerError, Engine, Settings

__all__ = ["DaskExecutor", "engine"]

TLS = ("tls_ca", "tls_cert", "tls_key")
PATIENCE = 60.0  # seconds


class DaskExecutor(Executor):
    """The executor of a Dask client, which owns the client and, if there is one, the cluster."""

    def __init__(self, client: Client, cluster: LocalCluster | None = None) -> None:
        self._client, self._cluster = client, cluster
        self._inner = client.get_executor(pure=False)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = self._inner.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with suppress(Exception):
            if self._client.status == "running":
                self._inner.shutdown(wait=wait and not cancel_futures)
        for owned in (self._client, self._cluster):
            if owned is not None:
                with suppress(Exception):
                    owned.close(timeout=3)


def engine(settings: Settings) -> Engine:
    """Settings: scheduler (an address), patience, and for TLS tls_ca, tls_cert, tls_key (files)."""
    options = settings.only("dask", "scheduler", "patience", *TLS)
    security, patience = _security(options), _patience(options)
    address = options.get("scheduler")

    def connect() -> Executor:
        if address is None:
            return _local(settings.workers, security)
        return DaskExecutor(_client(address, security, patience))

    return Engine(
        connect,
        died=(DeadWorkerError, KilledWorker),
        lost=(BrokenExecutor, CancelledError, CommClosedError),
    )


def _client(address: str, security: Security | None, patience: float) -> Client:
    try:
        return Client(address, security=security, timeout=patience, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {shorten(address)} ({shorten(error, 200)}): "
            "start it with `dask scheduler`, and workers with `dask worker --nthreads 1`"
        ) from None


def _local(workers: int, security: Security | None) -> Executor:
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}):
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=None,
            protocol="tls://" if security else None,
            security=security,
        )
    return DaskExecutor(Client(cluster, security=security, set_as_default=False), cluster)


def _security(options: Mapping[str, str]) -> Security | None:
    given = [name for name in TLS if name in options]
    if not given:
        return None
    if len(given) < len(TLS):
        raise UsageError(f"TLS needs {', '.join(TLS)} together, got only {', '.join(given)}")
    ca, cert, key = (options[name] for name in TLS)
    return Security(
        require_encryption=True,
        tls_ca_file=ca,
        tls_client_cert=cert,
        tls_client_key=key,
        tls_scheduler_cert=cert,
        tls_scheduler_key=key,
        tls_worker_cert=cert,
        tls_worker_key=key,
    )


def _patience(options: Mapping[str, str]) -> float:
    text = options.get("patience", str(PATIENCE))
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"patience is a number of seconds, got {shorten(text)}") from None
