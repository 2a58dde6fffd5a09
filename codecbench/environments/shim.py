"""The other end of the pipe: run as a file by the interpreter of a codec's or metric's own environment.

It is of Python 3.8, imports numpy and the standard library alone, and nothing of codecbench but `protocol.py`, which it
reads by its path. What the codec prints goes to stderr; the pipe of answers is a descriptor that nobody else knows.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import json
import os
import sys
import time
from types import ModuleType
from typing import Any, Callable  # noqa: UP035 - Python 3.8

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - before anything is imported
sys.path[:] = [path for path in sys.path if path != HERE]  # an interpreter that is not isolated looks here first


def module_at(name: str, path: str) -> ModuleType:
    """The module in a file, wherever it lies."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def put_empty_module(name: str) -> None:
    """In the place of one that is not imported yet."""
    if name not in sys.modules:
        module: Any = ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        module.__path__ = []  # it may have modules in it
        module.__getattr__ = lambda attribute: absent(name, attribute)
        sys.modules[name] = module
        parent, _, last = name.rpartition(".")
        if parent:
            put_empty_module(parent)
            setattr(sys.modules[parent], last, module)


def absent(module: str, name: str) -> Any:
    """A function in the place of one that may be imported by its name, and is not here to be called."""
    if name.startswith("__"):
        raise AttributeError(name)

    def call(*_: Any, **__: Any) -> None:
        raise NotImplementedError(f"{module}.{name}: the card names {module} among its empty modules")

    return call


protocol = module_at("codecbench_protocol", os.path.join(HERE, "protocol.py"))  # noqa: PTH118

OPTIONAL = ("encode_codes", "decode_codes", "codes", "codebook_sizes", "parameters")
"""What a codec may have besides `encode` and `decode`, or in their place."""
MOST_DETAIL = 1 << 16
"""Bytes of a score's detail: it is kept for each."""


class OpenedSide:
    """The codec or metric that was opened, and how each request is answered."""

    def __init__(self) -> None:
        self.codec: Any = None
        self.metric: Any = None

    def open(self, request: Any) -> Any:
        self.codec = side_of(request).open_codec(request.header["options"])
        return protocol.Message({"has": [name for name in OPTIONAL if callable(getattr(self.codec, name, None))]})

    def open_metric(self, request: Any) -> Any:
        self.metric = side_of(request).open_metric(request.header["options"])
        return protocol.Message({})

    def score(self, request: Any) -> Any:
        import numpy as np

        length, _ = request.header["lengths"]
        samples = np.frombuffer(request.body, "<f4").astype(np.float32, copy=False)
        returned = self.metric.score(samples[:length], samples[length:], request.header["sample_rate"])
        value, detail = returned if isinstance(returned, tuple) else (returned, {})
        if not isinstance(detail, dict) or len(json.dumps(detail, allow_nan=False)) > MOST_DETAIL:
            raise TypeError(f"score returned a detail that is no dict of JSON values of {MOST_DETAIL} bytes at most")
        return protocol.Message({"value": float(value), "detail": detail})

    def encode(self, request: Any) -> Any:
        payload = self.codec.encode(samples_of(request), request.header["sample_rate"], request.header["point"])
        if type(payload) is not bytes:
            raise TypeError(f"encode returned {type(payload).__name__}, expected bytes")
        return protocol.Message({}, payload)

    def decode(self, request: Any) -> Any:
        return audio(self.codec.decode(bytes(request.body), request.header["point"]))

    def encode_codes(self, request: Any) -> Any:
        header = request.header
        return rows(self.codec.encode_codes(samples_of(request), header["sample_rate"], header["point"]))

    def decode_codes(self, request: Any) -> Any:
        import numpy as np

        lengths, codes = request.header["rows"], np.frombuffer(request.body, "<i8").astype(np.int64)
        equal = len(set(lengths)) == 1
        table = codes.reshape(len(lengths), -1) if equal else np.split(codes, np.cumsum(lengths)[:-1])
        return audio(self.codec.decode_codes(table, request.header["point"]))

    def codes(self, request: Any) -> Any:
        return rows(self.codec.codes(bytes(request.body), request.header["point"]))

    def codebook_sizes(self, request: Any) -> Any:
        return protocol.Message({"sizes": [int(size) for size in self.codec.codebook_sizes(request.header["point"])]})

    def parameters(self, request: Any) -> Any:  # noqa: ARG002 - as all answers are called
        return protocol.Message({"parameters": int(self.codec.parameters())})


def side_of(request: Any) -> ModuleType:
    """The module of the side that a request to open names."""
    for name in request.header.get("empty_modules", ()):
        put_empty_module(name)
    return module_at("codecbench_side", request.header["side"])


def samples_of(request: Any) -> Any:
    """The audio [channels, samples] of a request, float32, which may be written into."""
    import numpy as np

    return np.frombuffer(request.body, "<f4").reshape(request.header["shape"]).astype(np.float32, copy=False)


def audio(returned: Any) -> Any:
    """The answer with what a decoder returned."""
    import numpy as np

    if not isinstance(returned, tuple) or len(returned) != 2:
        raise TypeError(f"decode returned {type(returned).__name__}, expected (samples, sample_rate)")
    samples, sample_rate = np.asarray(returned[0]), returned[1]
    if samples.ndim != 2 or not np.issubdtype(samples.dtype, np.floating):
        raise TypeError(
            f"decode returned samples of shape {samples.shape} and type {samples.dtype}, expected floating point "
            "[channels, samples]"
        )
    if not isinstance(sample_rate, (int, np.integer)) or isinstance(sample_rate, bool):
        raise TypeError(f"decode returned {sample_rate!r} as the sample rate, expected a whole number of Hz")
    body = np.ascontiguousarray(samples, "<f4")
    return protocol.Message({"shape": list(body.shape), "sample_rate": int(sample_rate)}, body.tobytes())


def rows(returned: Any) -> Any:
    """The answer with the codes of each codebook."""
    import numpy as np

    found = [np.asarray(row) for row in returned]
    for row in found:
        if row.ndim != 1 or not np.issubdtype(row.dtype, np.integer):
            raise TypeError(f"codes returned a row of shape {row.shape} and type {row.dtype}, expected whole numbers")
    body = b"".join(row.astype("<i8").tobytes() for row in found)
    return protocol.Message({"rows": [len(row) for row in found]}, body)


def answer(call: Callable[[Any], Any], request: Any) -> Any:
    """What `call` returns, or its exception, with the time that it took in this process and in children that ended."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    try:
        message = call(request)
        if len(message.body) > protocol.MOST_BODY:
            raise ValueError(protocol.too_large(0, len(message.body)))
    except BaseException as error:  # a SystemExit of the codec's too
        if type(error).__name__ != "Abstain":  # a metric's, which is no fault
            import traceback

            traceback.print_exc()
        message = protocol.Message({"error": described(error), "kind": type(error).__name__})
    message.header.update(wall_s=time.perf_counter() - wall, cpu_s=cpu_seconds() - cpu)
    return message


def described(error: BaseException) -> str:
    """The exception's text in one line of a bearable length."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return text if len(text) <= 2000 else text[:2000] + " …"


def cpu_seconds() -> float:
    try:
        import resource
    except ImportError:  # a system without it
        return time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def die_with_parent(requests: int, parent: int) -> None:
    """Whatever the codec is doing, also where it never lets another thread run.

    `parent` is the process that started this one from its main thread; 0 where that was another thread, at whose end
    the system would send the signal.
    """
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    if sys.platform.startswith("linux") and parent:
        import ctypes

        death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(death_signal, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    threading.Thread(target=watch, args=(requests,), daemon=True).start()


def watch(requests: int) -> None:
    """Ends the process when nobody holds the other end of the pipe of requests."""
    import select

    poll = select.poll()
    poll.register(requests, 0)  # a closed end is reported without being asked for
    while not any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll()):
        pass
    os._exit(0)


def main() -> None:
    """Answer requests until the pipe is closed."""
    requests, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    die_with_parent(requests, int(sys.argv[1]))
    source, sink = os.fdopen(requests, "rb", 0), os.fdopen(answers, "wb", 0)
    side = OpenedSide()
    calls = {name: getattr(side, name) for name in ("open", "encode", "decode", *OPTIONAL, "open_metric", "score")}
    try:
        while True:
            request = protocol.read_message(source)
            protocol.write_message(sink, answer(calls[request.header["call"]], request))
    except protocol.Ended:
        os._exit(0)


if __name__ == "__main__":
    main()
