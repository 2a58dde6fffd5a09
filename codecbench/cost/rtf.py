"""Real-time factors: processing time over audio duration, encoding and decoding apart.

Timed is audio at the codec's rate to payload, and payload to audio: packing included, files and resampling not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from statistics import median

from codecbench.api import Abstain, Audio, Codec, CodecCard, OperatingPoint

BUSY = 1.25
"""Wall over CPU time from which the machine is taken to be busy, and the figure withheld."""

PARALLEL = 1.25
"""CPU over wall time from which the codec is said to use more than one thread."""

SHORTEST_BLOCK_S = 0.02
"""Calls are timed in blocks of at least this: a single short one would time the scheduler."""


@dataclass(frozen=True)
class Rtf:
    """Medians over repeats: wall time per second of audio (`encode`, `decode`) and CPU time likewise.

    `threads` is CPU over wall time, above 1 where the codec computes in parallel.
    """

    encode: float
    decode: float
    encode_cpu: float
    decode_cpu: float
    threads: float
    repeats: int
    seconds: float
    note: str = ""


@dataclass(frozen=True)
class _Timing:
    wall: float
    cpu: float


def measure_rtf(
    codec: Codec, card: CodecCard, point: OperatingPoint, audio: Audio, repeats: int = 3, warmup: int = 1
) -> Rtf:
    """The real-time factors of `codec` on `audio`, which is at the codec's rate.

    The caller's process decides on threads (`torch.set_num_threads(1)`).

    Raises:
        Abstain: wall time exceeds CPU time by more than a quarter: something else has the processor.
    """
    if repeats < 1 or warmup < 0 or audio.length == 0:
        raise ValueError("repeats must be at least 1, warmup at least 0 and the audio not empty")
    payload = codec.encode(audio, point)
    encode = _time(lambda: codec.encode(audio, point), repeats, warmup)
    decode = _time(lambda: codec.decode(payload, point), repeats, warmup)
    for what, timing in (("encoding", encode), ("decoding", decode)):
        if timing.wall > BUSY * timing.cpu:
            raise Abstain(
                f"{card.spec} at {point.label} kbps: {what} took {1000 * timing.wall:.1f} ms of wall time for "
                f"{1000 * timing.cpu:.1f} ms of CPU time; the machine is busy, measure again when it is idle"
            )
    threads = (encode.cpu + decode.cpu) / (encode.wall + decode.wall)
    return Rtf(
        encode=encode.wall / audio.seconds,
        decode=decode.wall / audio.seconds,
        encode_cpu=encode.cpu / audio.seconds,
        decode_cpu=decode.cpu / audio.seconds,
        threads=threads,
        repeats=repeats,
        seconds=audio.seconds,
        note=f"computed on {threads:.1f} threads" if threads > PARALLEL else "",
    )


def _time(call: Callable[[], object], repeats: int, warmup: int) -> _Timing:
    """Medians of wall and CPU seconds per call."""
    first = _block(call, 1)
    for _ in range(warmup - 1):
        call()
    calls = max(1, ceil(SHORTEST_BLOCK_S / max(first.wall, 1e-6)))
    blocks = [_block(call, calls) for _ in range(repeats)]
    return _Timing(median(block.wall for block in blocks), median(block.cpu for block in blocks))


def _block(call: Callable[[], object], calls: int) -> _Timing:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        call()
    return _Timing((time.perf_counter() - wall) / calls, (time.process_time() - cpu) / calls)
