"""The process of a codec's or metric's side: started in its interpreter, asked over a pipe, ended with its asker."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from codecbench.api import Interpreter
from codecbench.environments.protocol import Ended, Message, ProtocolError, read_message, write_message
from codecbench.errors import PayloadError, ProcessLost, Unavailable

SHIM = Path(__file__).with_name("shim.py")
ENDS_WITHIN_S = 5.0
PIPE_BYTES = 1 << 20
"""As much as Linux lets a user have. Without it 60 s of speech, 4 MB, pass in 29 ms, a slice of 64 KiB at a time."""
KINDS: Mapping[str, type[Exception]] = {
    "PayloadError": PayloadError, "Unavailable": Unavailable, "MemoryError": MemoryError,
}  # fmt: skip
"""Exceptions of the side that mean here what their names mean there."""


class SideError(Exception):
    """The side raised an exception; its traceback is where the process's stderr goes."""

    kind, text = "", ""
    """The exception's type, by its name there, and its text."""


class SideProcess:
    """Requests are answered one after the other. `what` names the codec or metric in messages."""

    def __init__(self, interpreter: Interpreter, what: str, shim: Path = SHIM) -> None:
        """Raises Unavailable where the interpreter cannot be started."""
        self._what = what
        flags = ["-I"] if interpreter.isolated else []
        # The system's signal at a parent's end is one at the end of the thread that started the process.
        parent = os.getpid() if threading.current_thread() is threading.main_thread() else 0
        try:
            self._process = subprocess.Popen(
                [str(interpreter.path), *flags, str(shim), str(parent)], bufsize=0, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"{what}: {interpreter.path} cannot be started ({error.strerror or error})") from error
        _widen(self._process)
        self.pid = self._process.pid
        self.wall_s = self.cpu_s = 0.0
        """Of all calls that were answered, as the process counts them, and of what is done here in their stead."""
        self._end = weakref.finalize(self, _end, self._process)

    def ask(self, call: str, header: Mapping[str, Any], body: bytes = b"") -> Message:
        """The answer to one request.

        Raises:
            SideError: the codec raised an exception; PayloadError, Unavailable and MemoryError are raised as such.
            ProcessLost: the process ended, or wrote what is no answer: it is of no use any more.
        """
        pipes = self._process
        assert pipes.stdin is not None
        assert pipes.stdout is not None
        try:
            write_message(pipes.stdin, Message({"call": call, **header}, body))
            answer = read_message(pipes.stdout)
        except Ended:
            raise self._lost() from None
        except ProtocolError as error:
            self.close()
            raise ProcessLost(f"what its process in the environment answered cannot be read: {error}") from None
        self.wall_s += float(answer.header.get("wall_s", 0.0))
        self.cpu_s += float(answer.header.get("cpu_s", 0.0))
        if "error" in answer.header:
            raise _error(str(answer.header.get("kind")), str(answer.header["error"]))
        return answer

    @contextmanager
    def own_time(self) -> Iterator[None]:
        """What is done within is a part of the codec's work that this process does."""
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            self.wall_s += time.perf_counter() - wall
            self.cpu_s += time.thread_time() - cpu

    def close(self) -> None:
        """End it; returns when it has ended."""
        self._end()

    def _lost(self) -> ProcessLost:
        try:
            status = self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.close()
            return ProcessLost("its process in the environment closed the pipe that it answers by")
        said = f"its process in the environment died ({exit_cause(status)})"
        return ProcessLost(said, killed=status == -signal.SIGKILL)


def _widen(process: subprocess.Popen[bytes]) -> None:
    """As far as the system can, and lets this user: of many wide pipes it refuses the next."""
    for pipe in (process.stdin, process.stdout):
        with suppress(ImportError, OSError, AttributeError):
            import fcntl

            assert pipe is not None
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def exit_cause(status: int) -> str:
    """Of an exit status as `subprocess` has it, in a person's words."""
    if status >= 0:
        return f"exit status {status}"
    return signal.strsignal(-status) or f"signal {-status}"


def _error(kind: str, text: str) -> Exception:
    if kind in KINDS:
        return KINDS[kind](text)
    error = SideError(f"{kind}: {text}" if text else kind)
    error.kind, error.text = kind, text
    return error


def _end(process: subprocess.Popen[bytes]) -> None:
    """It ends by itself when the pipe is closed; one that does not is killed."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
