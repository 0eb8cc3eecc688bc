"""The processes that do the work: our own pool, which outlives a killed worker and is never outlived by one.

Prefect's task threads hand batches to it, because a task run per page or a process per task costs more than the
page. One worker means this process itself. The others are forked from a process that has loaded code and dictionaries once
(:mod:`tasks.ready`), starts no threads, and ends when nobody is left who could ask it for workers.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import site
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from qingyang.records import QingyangError, SettingError
from tasks.quiet import one_thread

A = TypeVar("A")
R = TypeVar("R")

CONNECT = 20
"""Seconds in which a Dask scheduler has to answer."""

ATTEMPTS = 3
"""A worker may be killed from outside (memory, an operator); the same batch killing three is no accident."""


READY = ["tasks.ready"]
"""What is imported once for all workers."""

GRACE = 0.2
"""Seconds that a killed process is given to be gone."""


class WorkerLost(QingyangError):
    """A batch has killed every worker that tried it."""


class Nursery:
    """The process that workers are forked from, for as long as any pool of this process is open.

    It has loaded what a worker needs, which they all share then, page of memory by page of memory: a worker is there at once and
    takes half the room. It is the one that ``multiprocessing`` keeps; should it be killed, the next worker brings up another.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = 0

    def open(self) -> None:
        """Begin to start it; returns at once."""
        with self._lock:
            self._open += 1
        self.stand()

    def stand(self) -> None:
        """Start it where it is not there, or not any more."""
        with self._lock, _found_here():
            one_thread()  # a process with more than one cannot be forked safely
            multiprocessing.set_forkserver_preload(READY)
            forkserver.ensure_running()

    def close(self) -> None:
        """Let it go with the last pool: a ``qingyang watch`` that waits for pages needs no workers.

        Nothing public stops it before the interpreter ends. Should a Python have no such way, it stays until then.
        """
        with self._lock:
            self._open -= 1
            stop = getattr(getattr(forkserver, "_forkserver", None), "_stop", None)
            if not self._open and stop is not None:
                stop()


nursery = Nursery()


@contextmanager
def _found_here() -> Iterator[None]:
    """A Python that is started meanwhile finds this very package, and no folder ``tasks`` where the user happens to stand."""
    root = str(Path(__file__).parent.parent)
    ours = {"PYTHONSAFEPATH": "1"}
    if root not in site.getsitepackages():  # else it is found there, and must not come before the standard library
        ours["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Workers:
    """``count`` processes; 1 works in this process, without one of its own."""

    def __init__(self, count: int) -> None:
        self.count = max(1, count)
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._nursery = False
        self._closed = False

    @property
    def started(self) -> bool:
        """The processes are there: giving them work costs nothing."""
        return self._pool is not None

    def prepare(self) -> None:
        """Begin to load what the workers will need; returns at once. For those who know that there will be work."""
        if self.count > 1:
            with self._lock:
                self._open_nursery()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._closed = True
            pool = self._pool
        if pool is not None:
            if kind is not None and issubclass(kind, KeyboardInterrupt):  # what they have in hand is done again by the next run
                for process in list((pool._processes or {}).values()):
                    process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)
        if self._nursery:
            self._nursery = False
            nursery.close()

    def map(self, function: Callable[[A], R], items: Sequence[A], done: Callable[[R], object] = lambda _: None) -> list[R]:
        """``[function(item) for item in items]`` in the workers; ``done`` is told each result in order."""
        results: list[R] = []
        if self.count == 1:
            for item in items:
                with self._turn:  # threads that take turns within an item would only hold more of them in memory
                    results.append(function(item))
                done(results[-1])
            return results
        waiting = [self._submit(function, item) for item in items]
        for k in range(len(items)):
            for attempt in range(1, ATTEMPTS + 1):
                pool, future = waiting[k]
                try:
                    results.append(future.result())
                    break
                except BrokenProcessPool:
                    if attempt == ATTEMPTS:
                        raise WorkerLost(f"{ATTEMPTS} workers died one after the other; is there enough memory?") from None
                    self._rebuild(pool)
                    for later in range(k, len(items)):
                        if waiting[later][0] is pool and _lost(waiting[later][1]):
                            waiting[later] = self._submit(function, items[later])
            done(results[-1])
        return results

    def _submit(self, function: Callable[[A], R], item: A) -> tuple[ProcessPoolExecutor, Future[R]]:
        for _ in range(ATTEMPTS):
            pool = self._ready()
            try:
                return pool, pool.submit(function, item)
            except BrokenProcessPool:
                self._rebuild(pool)
            except (EOFError, ConnectionError):  # the process that they are forked from was killed, perhaps not quite dead yet
                self._rebuild(pool)
                time.sleep(GRACE)
        raise WorkerLost("workers die as soon as they start; is there enough memory?")

    def _ready(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._closed:
                raise WorkerLost("the run is being stopped")
            if self._pool is None:
                self._open_nursery()
                nursery.stand()
                self._pool = ProcessPoolExecutor(self.count, mp_context=multiprocessing.get_context("forkserver"), initializer=_begin)
            return self._pool

    def _open_nursery(self) -> None:
        if not self._nursery:
            nursery.open()
            self._nursery = True

    def _rebuild(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                broken.shutdown(wait=False, cancel_futures=True)
                self._pool = None


class Cluster(Workers):
    """The workers of a Dask cluster, in place of processes of our own.

    They see the raw and the output folder under the same paths as we do, and have qingyang installed. They need no Prefect. A batch
    whose worker is lost is given to another one; batches leave the same bytes however often they run.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise SettingError("--dask: Dask is not installed; try: pip install 'qingyang[dask]'") from None
        try:
            self._client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise SettingError(f"--dask {address}: no scheduler answers there ({error})") from None
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        super().__init__(sum(w["nthreads"] for w in workers.values()))

    @property
    def started(self) -> bool:
        return True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def map(self, function: Callable[[A], R], items: Sequence[A], done: Callable[[R], object] = lambda _: None) -> list[R]:
        """``[function(item) for item in items]`` on the cluster; ``done`` is told each result in order."""
        from distributed.scheduler import KilledWorker

        results: list[R] = []
        try:
            for future in [self._client.submit(function, item, pure=False) for item in items]:
                results.append(future.result())
                done(results[-1])
        except KilledWorker as killed:
            raise WorkerLost(f"a batch has killed every Dask worker that tried it; is there enough memory? ({killed})") from None
        return results


def workers_for(count: int, dask: str | None) -> Workers:
    """Processes of this machine, or those of a Dask cluster."""
    return Cluster(dask) if dask else Workers(count)


def _lost(future: Future[Any]) -> bool:
    return not future.done() or future.cancelled() or isinstance(future.exception(), BrokenProcessPool)


def _begin(*_: Any) -> None:
    """A worker leaves Ctrl-C to its parent and ends when the parent is gone, even killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def watch() -> None:
            wait([sentinel])
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
