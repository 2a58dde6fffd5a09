"""Asking other people's plugins in a child process: what they register, list and check comes back as plain data."""

from __future__ import annotations

import io
import os
import pickle
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from codecbench.api import Unavailable, UsageError
from codecbench.plugins.foreign import Foreign
from codecbench.plugins.loading import PluginPoint
from codecbench.plugins.registered import BrokenPlugin, Registered

Found: TypeAlias = Mapping[str, Sequence[Registered[Any]]] | BrokenPlugin
"""What a plugin registers, by kind; or why it is not there."""

SECONDS = 60.0
"""For one plugin to register, or to answer: registering is to be cheap (see `codecbench.hookspecs`)."""
ASKED = "CODECBENCH_ASKED"
"""Set in the child: what a plugin's import asks of codecbench there must not start a child of its own."""
COMMAND = "from codecbench.plugins.answering import main; main()"

TAKEN: Mapping[str, frozenset[str]] = {
    "codecbench.api.codec": frozenset({"CodecCard", "WeightsFile"}),
    "codecbench.api.points": frozenset({"OperatingPoint", "PointLatency"}),
    "codecbench.codebooks": frozenset({"Codebook"}),
    "codecbench.api.environment": frozenset({"Environment"}),
    "codecbench.api.condition": frozenset({"ConditionCard"}),
    "codecbench.api.metric": frozenset({"MetricCard"}),
    "codecbench.api.dataset": frozenset({"Archive", "Dataset", "DatasetCard", "Utterance"}),
    "codecbench.api.metric_needs": frozenset({"MetricWeights"}),
    "codecbench.api.recognizer": frozenset({"RecognizerCard"}),
    "codecbench.plugins.foreign": frozenset(
        {"Foreign", "ForeignFactory", "ForeignDataset", "ForeignCheck", "ForeignModelFiles"}
    ),
    "codecbench.plugins.loading": frozenset({"PluginPoint"}),
    "codecbench.plugins.registered": frozenset({"Registered"}),
    "pathlib": frozenset({"Path", "PosixPath", "WindowsPath"}),
}
"""What an answer may be made of. Everything else would run a plugin's code here."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name not in TAKEN.get(module, ()):
            raise pickle.UnpicklingError(f"it hands over a {module}.{name}, which is no plain data")
        return super().find_class(module, name)


class _Ended(Exception):
    """The child ended, or did not answer in time."""


def collect(points: Sequence[PluginPoint]) -> list[Found]:
    """What each plugin registers, by kind, or why nothing. One that takes the child down costs the others nothing."""
    found: list[Found] = []
    while left := points[len(found) :]:
        child = _Child("registered", [(point,) for point in left])
        try:
            for point in left:
                status, value = child.next()
                found.append(value if status == "ok" else BrokenPlugin(point.name, value))
        except _Ended as end:
            found.append(BrokenPlugin(points[len(found)].name, f"its import {end}"))
        finally:
            child.end()
    return found


def ask(question: str, what: Foreign, *arguments: Any) -> Any:
    """One thing of one plugin. Raises UsageError or Unavailable as the plugin does, UsageError for all else."""
    child = _Child(question, [(what, *arguments)])
    name = f"{what.kind.removesuffix('s')} '{what.key}'"
    try:
        status, value = child.next()
    except _Ended as end:
        raise UsageError(f"{name}: its plugin '{what.point.name}' {end}") from None
    finally:
        child.end()
    if status == "unavailable":
        raise Unavailable(value)
    if status == "usage":
        raise UsageError(value)
    if status == "failed":
        raise UsageError(f"{name}: its plugin failed: {value}")
    return value


class _Child:
    """The process and the pipe that it answers by, which is neither its stdout nor its stderr: plugins print there."""

    def __init__(self, question: str, asked: Sequence[tuple[Any, ...]]) -> None:
        self._pipe, answers = os.pipe()
        os.set_blocking(self._pipe, False)
        paths = [str(Path(path).absolute()) for path in sys.path if path]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), ASKED: str(answers)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", COMMAND], stdin=subprocess.PIPE, stdout=2, pass_fds=(answers,),
            env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(answers)
        self._buffer = bytearray()
        with suppress(BrokenPipeError):  # it has ended already: no answer will say so
            assert self._process.stdin is not None
            pickle.dump((question, asked), self._process.stdin)
            self._process.stdin.close()

    def next(self) -> tuple[str, Any]:
        """The next answer. Raises _Ended."""
        deadline = time.monotonic() + SECONDS
        size = int.from_bytes(self._take(4, deadline), "big")
        packed = self._take(size, deadline)
        try:
            status, value = _Unpickler(io.BytesIO(packed)).load()
        except Exception as error:  # what a plugin hands over is its own
            return "failed", " ".join(str(error).split())
        return status, value

    def end(self) -> None:
        """With all that the plugins have started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._pipe)

    def _take(self, count: int, deadline: float) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._pipe, selectors.EVENT_READ)
            while len(self._buffer) < count:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _Ended(f"did not end within {SECONDS:.0f} s")
                block = os.read(self._pipe, 1 << 16)
                if not block:
                    raise _Ended(_how(self._process))
                self._buffer += block
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken


def _how(process: subprocess.Popen[bytes]) -> str:
    try:
        status = process.wait(5)
    except subprocess.TimeoutExpired:
        return "closed the pipe that it answers by"
    if status < 0:
        return f"ended its process ({signal.strsignal(-status) or f'signal {-status}'})"
    return f"ended its process (exit status {status})"
