"""The kit's side of a worker process: it loads a codec, takes steps with it, and sees what that did to the process."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from codecbench.api import Audio, Codebook, HasCodes
from codecbench.api.tokens import codebooks_of
from codecbench.codebooks import check_rows
from codecbench.cost.blocks import WorksElsewhere
from codecbench.plugins import describe_error
from codecbench.run.pool import guarded
from codecbench.run.workers.codecs import CodecJob, loaded

SHOWN = 200
"""Characters of what was printed that are kept."""


@dataclass(frozen=True)
class CodecCall:
    """One call: `encode` of `audio`, or `decode` of `payload`. Not `kept`: only whether it went well is of interest."""

    call: Literal["encode", "decode"]
    point: str
    audio: Audio | None = None
    payload: bytes | None = None
    codes: bool = False
    """Whether the codes in the payload are wanted too."""
    kept: bool = True


@dataclass(frozen=True)
class Made:
    """What a step returned, or the exception: its type's name, and all of it in a line."""

    payload: bytes | None = None
    audio: Audio | None = None
    error: str = ""
    kind: str = ""
    seconds: float = 0.0
    rss_mb: float = 0.0
    codes: Any = None
    codebooks: tuple[Codebook, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.error


@dataclass(frozen=True)
class ProcessState:
    """What loading and coding left in the process."""

    load_seconds: float = 0.0
    printed: str = ""
    """On stdout."""
    children: tuple[str, ...] = ()
    """Names of programs that are still running."""
    changed: tuple[str, ...] = ()
    """Settings of the process that are other than before."""
    training: tuple[str, ...] = ()
    """Types of modules that are in training mode and act otherwise in it."""
    opened: tuple[str, ...] = ()
    """Files that decoding opened and that were written since the check began."""
    connected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ran:
    made: tuple[Made, ...]
    process: ProcessState = field(default_factory=ProcessState)


@dataclass
class _Watch:
    """Of this process, since the codec was asked for."""

    before: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    printed: str = ""
    decoding: bool = False
    opened: set[str] = field(default_factory=set)
    connected: set[str] = field(default_factory=set)


_watch = _Watch()


@guarded
def load(job: CodecJob) -> None:
    """Build the codec, watched."""
    _watch.before = _settings()
    sys.addaudithook(_heard)
    start = time.perf_counter()
    with _stdout() as printed:
        loaded(job)
    _watch.seconds, _watch.printed = time.perf_counter() - start, _watch.printed + printed()


@guarded
def take(job: CodecJob, steps: tuple[CodecCall, ...], threads: int | None, since: float) -> Ran:
    """`steps` one after the other; an exception is an answer. `since` is when the check began."""
    if threads is not None and "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
    with _stdout() as printed:
        made = tuple(_take(job, step) for step in steps)
    _watch.printed += printed()
    return Ran(made, _process(since, _pid_elsewhere(job)))


def _pid_elsewhere(job: CodecJob) -> int | None:
    """The process that does the codec's work, where it is not this one."""
    try:
        codec, _ = loaded(job)
    except Exception:  # it did not load, which its steps have said
        return None
    return codec.pid if isinstance(codec, WorksElsewhere) else None


def _take(job: CodecJob, step: CodecCall) -> Made:
    start = time.perf_counter()
    try:
        codec, card = loaded(job)
        point = card.point(step.point)
        if step.call == "encode":
            assert step.audio is not None
            audio = Audio(step.audio.samples.copy(), step.audio.sample_rate)
            payload = codec.encode(audio, point)
            if type(payload) is not bytes:
                raise TypeError(f"encode returned {type(payload).__name__}, expected bytes")
            made = Made(payload=payload)
            if step.codes and isinstance(codec, HasCodes):
                books = codebooks_of(codec, point)
                made = Made(payload=payload, codes=check_rows(codec.codes(payload, point), books), codebooks=books)
        else:
            _watch.decoding = True
            try:
                decoded = codec.decode(step.payload or b"", point)
            finally:
                _watch.decoding = False
            if not isinstance(decoded, Audio):
                raise TypeError(f"decode returned {type(decoded).__name__}, expected Audio")
            made = Made(audio=decoded)
    except Exception as error:
        made = Made(error=describe_error(error), kind=type(error).__name__)
    if not step.kept:
        made = Made(error=made.error, kind=made.kind)
    return Made(**{**vars(made), "seconds": time.perf_counter() - start, "rss_mb": _rss_mb()})


def _process(since: float, elsewhere: int | None) -> ProcessState:
    now = _settings()
    changed = tuple(
        f"{name} is {now[name]}, was {_watch.before[name]}"
        for name in _watch.before
        if name in now and now[name] != _watch.before[name]
    )
    written = tuple(sorted(path for path in _watch.opened if _written_since(path, since)))
    return ProcessState(
        _watch.seconds, _watch.printed[:SHOWN], _children(elsewhere), changed, _training(), written,
        tuple(sorted(_watch.connected)),
    )  # fmt: skip


@contextmanager
def _stdout() -> Iterator[Any]:
    """What is printed within, by whatever means; a function that returns it."""
    sys.stdout.flush()
    kept = os.dup(1)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 1)
        text: list[str] = []
        try:
            yield lambda: text[0]
        finally:
            sys.stdout.flush()
            os.dup2(kept, 1)
            os.close(kept)
            file.seek(0)
            text.append(" ".join(file.read().decode(errors="replace").split()))


def _settings() -> dict[str, Any]:
    """What a plugin could change for all that is in its process."""
    found: dict[str, Any] = {
        "the working folder": str(Path.cwd()),
        "numpy's error handling": str(np.geterr()),
        "the handler of SIGTERM": str(signal.getsignal(signal.SIGTERM)),
        "the limit of recursion": sys.getrecursionlimit(),
    }
    torch = sys.modules.get("torch")
    # Imported by the plugin alone, it has its own defaults, which are those that everybody expects.
    found["torch's default dtype"] = str(torch.get_default_dtype()) if torch else "torch.float32"
    found["torch's default device"] = str(torch.get_default_device()) if torch else "cpu"
    found["torch's deterministic algorithms"] = torch.are_deterministic_algorithms_enabled() if torch else False
    return found


def _training() -> tuple[str, ...]:
    """Networks whose dropout or normalization acts as in training."""
    torch = sys.modules.get("torch")
    if torch is None:
        return ()
    acting = (torch.nn.modules.dropout._DropoutNd, torch.nn.modules.batchnorm._BatchNorm, torch.nn.RReLU)
    found = {type(one).__name__ for one in gc.get_objects() if isinstance(one, acting) and one.training}
    return tuple(sorted(found))


def _children(elsewhere: int | None) -> tuple[str, ...]:
    """What the codec has left running, in this process or in the one that does its work."""
    parents = {str(os.getpid()), str(elsewhere)}
    names = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
            state, parent, *_ = rest.split()
        except (OSError, ValueError):
            continue
        if parent in parents and stat.parent.name != str(elsewhere) and state != "Z":
            names.append(name)
    return tuple(sorted(names))


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watch.decoding:
        return
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        _watch.opened.add(os.path.abspath(os.fsdecode(arguments[0])))  # noqa: PTH100 - no file is looked at in a hook
    elif event == "socket.connect":
        _watch.connected.add(str(arguments[1]))


def _written_since(path: str, since: float) -> bool:
    """A file of data: what Python keeps of imported modules is none."""
    try:
        return (
            not path.endswith((".py", ".pyc"))
            and not path.startswith(("/proc", "/dev"))
            and Path(path).stat().st_mtime >= since
        )
    except OSError:
        return False


def _rss_mb() -> float:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, ValueError, IndexError):
        return 0.0
