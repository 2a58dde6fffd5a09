"""How worker processes are started: from a fork server that has imported the large libraries once, or afresh.

pebble supervises each of them: what hangs is killed, what crashes is replaced. Neither the standard library's process
pool (it loses every pending task when one process dies) nor joblib's can stop one that hangs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import BaseContext, ForkServerContext, ForkServerProcess, SpawnContext, SpawnProcess
from pathlib import Path
from types import ModuleType
from typing import Any

from pebble import ProcessPool

from codecbench.environment import changed
from codecbench.errors import UsageError
from codecbench.plugins import adopt, handed_over
from codecbench.run.preloading import VARIABLE

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ALLOCATOR = {
    # glibc gives large blocks back to the system and faults them in again: 30 % of a recognizer's time. Keep them.
    "MALLOC_MMAP_THRESHOLD_": str(10**9),
    "MALLOC_TRIM_THRESHOLD_": str(4 * 10**9),
    # Huge pages, where the system has them (transparent ones: nothing is reserved): a tenth of the same.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
QUIET_TRACKER = "ignore:resource_tracker:UserWarning"
"""Workers are ended by a signal, so Python's tracker removes the locks that a library (tqdm) made in them. It does so
in a process of its own, and would tell whoever ran us of it after our last line."""
SAFE_PATH, HERE = "PYTHONSAFEPATH", "codecbench"
"""A worker starts as `python -c`, which looks for modules in the working folder first: a `signal.py` that lies there
would stand in for Python's. Any text switches that off; by this one a worker knows that it was for its start alone."""
PRELOADED = "codecbench.run.preloaded"
FORK_SERVER = "forkserver" in multiprocessing.get_all_start_methods()


LONGEST_SOCKET = 107
"""Characters of a socket's path that Linux takes; macOS takes four fewer."""
SOCKET_PART = len("/pymp-12345678/listener-12345678")
"""Of it, what Python's fork server puts behind the folder for temporary files."""


class Gone(Exception):
    """The process has died since it was used last: somebody killed it."""


class Process:
    """One supervised process of one thread; its output goes to `log`. It is started by the first task.

    `afresh`: started by itself, with nothing imported, instead of from the fork server: where its memory is measured.
    """

    def __init__(self, log: Path, afresh: bool = False) -> None:
        self._context = _new_context(afresh)
        self._pool: Any = ProcessPool(1, 0, _start, (str(log), handed_over()), self._context)
        self._begun = False

    def schedule(self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Future[Any]:
        """Call `function` in the process, which is killed after `seconds`. Raises Gone where it had died while idle."""
        if self._begun:
            return self._schedule(function, arguments, seconds)
        self._begun = True
        with _starting, changed(worker_environment()):  # now the pool makes locks, which start Python's tracker of them
            return self._schedule(function, arguments, seconds)

    def _schedule(self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Future[Any]:
        try:
            future: Future[Any] = self._pool.schedule(function, args=arguments, timeout=seconds)
        except RuntimeError as error:
            raise Gone from error
        return future

    def end(self) -> None:
        """Let it end; returns when it has."""
        self._pool.close()
        self._pool.join()
        self._end_children()

    def kill(self) -> None:
        """End it, whatever it is doing; returns when it has ended."""
        self._pool.stop()
        self._pool.join()
        self._end_children()

    def _end_children(self) -> None:
        """What a plugin has started in it and left: an encoder that hangs, for one."""
        for group in self._context.started:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        self._context.started.clear()


def preload(libraries: Sequence[str]) -> None:
    """What the fork server imports when it starts, which is when the first worker does. One that runs stays as it is.

    A process that is forked from it finds them imported. Nothing of them may start a thread or a device on import.
    """
    _preloaded[:] = libraries
    if FORK_SERVER:
        multiprocessing.set_forkserver_preload([PRELOADED])


_preloaded: list[str] = []
"""A process has one fork server, so there is one list."""


def refuse_long_temporary_folder() -> None:
    """Raises UsageError where Python's fork server could not open its socket: it would be waited for without end."""
    folder = tempfile.gettempdir()
    length = len(os.fsencode(folder))
    longest = LONGEST_SOCKET - SOCKET_PART - 4 * (sys.platform == "darwin")
    if FORK_SERVER and length > longest:
        raise UsageError(
            f"the folder for temporary files, {folder}, has a path of {length} bytes; worker processes need one of "
            f"{longest} or fewer: set TMPDIR to a shorter one"
        )


def worker_environment() -> dict[str, str]:
    """What is set in the environment of every worker: one thread each, and memory that is kept.

    It is in place while a process is being started and at no other time, for BLAS and malloc read it before any Python
    runs. A spawned process takes its environment from ours, a forked one from the server's, which took it from ours.
    """
    warnings = os.environ.get("PYTHONWARNINGS", "").split(",")
    quiet = [] if QUIET_TRACKER in warnings else [QUIET_TRACKER]
    own = {name: value for name, value in ALLOCATOR.items() if name not in os.environ}
    return (
        dict.fromkeys(THREAD_VARIABLES, "1")
        | own
        | {"PYTHONWARNINGS": ",".join(filter(None, [*warnings, *quiet])), SAFE_PATH: os.environ.get(SAFE_PATH, HERE)}
    )


_starting = threading.RLock()
"""One process at a time: two threads may start theirs at once."""


@contextmanager
def _without_main() -> Iterator[None]:
    """While a process is started: nothing for it to import as its main module.

    multiprocessing has each new process import the script that started it. A script that calls `codecbench.run` without
    a guard would run codecs in every worker, and the command line would be imported there for nothing.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class _ForkedProcess(ForkServerProcess):
    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802, the name it has there
        with _starting, changed(worker_environment() | {VARIABLE: ",".join(_preloaded)}), _without_main():
            return _led(process_obj, ForkServerProcess._Popen(process_obj))


class _SpawnedProcess(SpawnProcess):
    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802, the name it has there
        with _starting, changed(worker_environment()), _without_main():
            return _led(process_obj, SpawnProcess._Popen(process_obj))


def _led(process: Any, popen: Any) -> Any:
    process.started.append(popen.pid)
    return popen


class _KeepsLocks(BaseContext):
    """Keeps the locks that it makes, and the process groups that it starts.

    pebble gives up its locks before it ends its worker. A worker that is only starting then (the replacement of one
    that was killed) would look for a lock that is gone, and end our last lines with a traceback.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Any] = []
        self.started: list[int] = []
        """Process groups, by their leaders' ids: each worker leads one."""

    def RLock(self) -> Any:  # noqa: N802, the name it has there
        lock = super().RLock()
        self.kept.append(lock)
        return lock


class _Forked(_KeepsLocks, ForkServerContext):
    Process = _ForkedProcess


class _Spawned(_KeepsLocks, SpawnContext):
    Process = _SpawnedProcess


def _new_context(afresh: bool) -> Any:
    """One whose processes note in it which groups they lead."""
    context: Any = _Spawned() if afresh or not FORK_SERVER else _Forked()
    kind = context.Process

    def process(*arguments: Any, **named: Any) -> Any:
        made = kind(*arguments, **named)
        made.started = context.started
        return made

    context.Process = process
    return context


def _start(log: str, handed: bytes) -> None:
    """In each new worker: lead a group, leave Ctrl-C to the parent, keep what is printed out of the progress bar."""
    os.setsid()
    if os.environ.get(SAFE_PATH) == HERE:
        del os.environ[SAFE_PATH]  # scripts that a plugin starts find what lies beside them
    adopt(handed)
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
        os.killpg(0, signal.SIGKILL)
