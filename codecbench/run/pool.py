"""Supervised worker processes: what hangs is killed, what crashes is replaced, and nothing but its task is lost.

pebble, because the standard library's process pool loses every pending task when one process dies, and cannot stop
one that hangs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from codecbench.errors import Abstain, Unavailable
from codecbench.plugins import describe_error
from codecbench.store.answers import Failure

P = ParamSpec("P")
R = TypeVar("R")

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(10**9), "MALLOC_TRIM_THRESHOLD_": str(4 * 10**9)}
"""glibc gives large blocks back to the system and faults them in again: 30 % of a recognizer's time. Keep them."""
QUIET_TRACKER = "ignore:resource_tracker:UserWarning"
"""Workers are ended by a signal, so Python's tracker removes the locks that a library (tqdm) made in them. It does so
in a process of its own, and would tell whoever ran us of it after our last line."""


@dataclass(frozen=True)
class Task:
    """A call to make in a worker. `tag` comes back with its outcome; `seconds` is its time limit."""

    tag: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """A task's tag, with its result or the Failure in its place."""

    tag: Any
    value: Any


def guarded(function: Callable[P, R]) -> Callable[P, R | Failure]:
    """Let a worker's function return a Failure instead of raising: a plugin's exception may not even pickle."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R | Failure:
        try:
            return function(*args, **kwargs)
        except Unavailable as error:
            return Failure("skipped", str(error))
        except Abstain as error:
            return Failure("abstained", str(error))
        except MemoryError:
            return Failure("failed", "out of memory")
        except BaseException as error:  # a SystemExit of its own too: nothing that a plugin raises ends a worker
            return Failure("failed", describe_error(error))

    return call


@contextmanager
def _environment() -> Iterator[None]:
    """What workers inherit, in place while one is being started and at no other time.

    A spawned process takes its environment from ours, and BLAS and malloc read theirs before any Python of it runs.
    """
    with _starting:
        warnings = os.environ.get("PYTHONWARNINGS", "").split(",")
        quiet = [] if QUIET_TRACKER in warnings else [QUIET_TRACKER]
        own = {name: value for name, value in ALLOCATOR.items() if name not in os.environ}
        values = dict.fromkeys(THREAD_VARIABLES, "1") | own
        values["PYTHONWARNINGS"] = ",".join(filter(None, [*warnings, *quiet]))
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


_starting = threading.RLock()
"""One worker at a time: two pools may start theirs in two threads."""


class _Worker(SpawnProcess):
    """Starts in the workers' environment."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802, the name it has there
        with _environment():
            return SpawnProcess._Popen(process_obj)


class _Workers(SpawnContext):
    """Starts workers in their environment, and keeps the locks that it makes.

    pebble gives up its locks before it ends its workers, one after the other. A worker that is only starting then (the
    replacement of one that was killed) would look for a lock that is gone, and end our last lines with a traceback.
    """

    Process = _Worker

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Any] = []

    def RLock(self) -> Any:  # noqa: N802, the name it has there
        lock = super().RLock()
        self.kept.append(lock)
        return lock


class Pool:
    """`jobs` supervised processes. Spawned, not forked; one thread each; their output goes to `log`.

    A process serves any number of tasks, or `tasks_each` where that is not 0.
    """

    def __init__(self, jobs: int, log: Path, tasks_each: int = 0) -> None:
        self.jobs, self.log = jobs, log
        self._pool: Any = ProcessPool(jobs, tasks_each, _start, (str(log),), _Workers())

    def fresh(self) -> Pool:
        """A pool as large as this one that gives each task a process of its own."""
        return Pool(self.jobs, self.log, tasks_each=1)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    def run(self, tasks: Iterator[Task]) -> Iterator[Outcome]:
        """The outcomes as they come. `tasks` is drawn as workers get free, so it may stop when it has seen enough."""
        pending: dict[Future[Any], Task] = {}
        exhausted = False
        while pending or not exhausted:
            while not exhausted and len(pending) < self.jobs + 1:
                task = next(tasks, None)
                if task is None:
                    exhausted = True
                else:
                    future = self._pool.schedule(task.function, args=task.arguments, timeout=task.seconds)
                    pending[future] = task
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                task = pending.pop(future)
                yield Outcome(task.tag, _result(future, task))


def _result(future: Future[Any], task: Task) -> Any:
    try:
        return future.result()
    except TimeoutError:
        return Failure("failed", f"no result within {task.seconds:.0f} s; its process was killed", fatal=True)
    except ProcessExpired as error:
        return Failure("failed", f"its process died ({_cause(error.exitcode)})", fatal=True)
    except Exception as error:  # a result that does not pickle, for one
        return Failure("failed", describe_error(error))


def _cause(exitcode: int) -> str:
    if exitcode >= 0:
        return f"exit status {exitcode}"
    try:
        return signal.strsignal(-exitcode) or f"signal {-exitcode}"
    except ValueError:
        return f"signal {-exitcode}"


def _start(log: str) -> None:
    """In each new worker: leave Ctrl-C to the parent, and keep whatever is printed out of the progress bar."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sys.stdout.flush()
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def _die_with_parent() -> None:
    """A killed run leaves no worker behind, not even one that hangs in a plugin."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
