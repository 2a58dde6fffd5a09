"""Real-time factors: processing time over audio duration, encoding and decoding apart.

Timed is audio at the codec's rate to payload, and payload to audio: packing included, files and resampling not. Repeats
take turns, over operating points within a visit to a codec and over codecs from visit to visit, so that a slow minute
of the machine does not fall on one of them alone. A reference kernel is timed between them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from codecbench.api import Abstain, Audio, Codec, OperatingPoint
from codecbench.cost.kernel import MOVED, kernel_seconds, moved

BUSY = 1.25
"""Wall over CPU time from which the machine is taken to be busy, and the figure withheld."""

VISITS = 2
REPEATS = 3
"""A codec is visited twice, the others in between, and timed three times at each visit: six repeats."""

STEADY = 5
MOST_VISITS = 4
"""So many repeats must be steady (see `steady`); where they are not, a codec is visited again, up to so often."""

SHORTEST_BLOCK_S = 0.02
"""Calls are timed in blocks of at least this: a single short one would time the scheduler."""


@dataclass(frozen=True)
class StageTime:
    """Seconds of wall and of CPU time per second of audio."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Repeat:
    """Encoding and decoding timed once; `kernel_s` are the times of the reference kernel before and after."""

    encode: StageTime
    decode: StageTime
    kernel_s: tuple[float, float]


@dataclass(frozen=True)
class Rtf:
    """Wall time per second of audio: the median of repeats, the lowest and the highest; and the median of CPU time.

    `threads` is CPU over wall time, above 1 where the codec computes in parallel. `repeats` are those that count, and
    `kernel_moved` the share by which the reference kernel's time differed between them.
    """

    encode: float
    encode_low: float
    encode_high: float
    encode_cpu: float
    decode: float
    decode_low: float
    decode_high: float
    decode_cpu: float
    threads: float
    repeats: int
    kernel_moved: float


def time_points(
    codec: Codec, points: Sequence[OperatingPoint], audio: Audio, repeats: int = REPEATS,
    kernel: Callable[[], float] = kernel_seconds,
) -> Mapping[str, tuple[Repeat, ...]]:  # fmt: skip
    """Repeats by operating point's label, which take turns, on `audio` at the codec's rate.

    The caller's process decides on threads (`torch.set_num_threads(1)`).
    """
    if repeats < 1 or audio.length == 0:
        raise ValueError("repeats must be at least 1 and the audio not empty")
    stages = {point.label: _Stages(codec, point, audio) for point in points}
    taken: dict[str, list[Repeat]] = {label: [] for label in stages}
    before = kernel()
    for _ in range(repeats):
        for label, stage in stages.items():
            encode, decode = stage.encode(), stage.decode()
            after = kernel()
            taken[label].append(Repeat(encode, decode, (before, after)))
            before = after
    return {label: tuple(each) for label, each in taken.items()}


def steady(repeats: Sequence[Repeat]) -> list[Repeat]:
    """Those before and after which the reference kernel took at most a quarter longer than it did at its fastest.

    A neighbour on a shared machine slows some repeats down and leaves others: the latter are the codec's own.
    """
    fastest = min((seconds for repeat in repeats for seconds in repeat.kernel_s), default=0.0)
    return [repeat for repeat in repeats if max(repeat.kernel_s) <= (1 + MOVED) * fastest]


def summarize_rtf(repeats: Sequence[Repeat]) -> Rtf:
    """The figures of one codec at one operating point, of its steady repeats.

    Raises:
        Abstain: wall time exceeds CPU time by more than a quarter, or too few repeats are steady.
    """
    timed, repeats = repeats, steady(repeats)
    if len(repeats) < min(STEADY, len(timed)):
        kernels = [seconds for repeat in timed for seconds in repeat.kernel_s]
        raise Abstain(
            f"the machine's speed moved: the reference kernel took {1000 * min(kernels):.1f} to "
            f"{1000 * max(kernels):.1f} ms, and {len(repeats)} of {len(timed)} repeats were within "
            f"{100 * MOVED:.0f} % of its fastest, {STEADY} are needed; measure again when it is idle"
        )
    for what, timings in (("encoding", [r.encode for r in repeats]), ("decoding", [r.decode for r in repeats])):
        wall, cpu = median(t.wall for t in timings), median(t.cpu for t in timings)
        if wall > BUSY * cpu:
            raise Abstain(
                f"{what} took {wall:.3g} s of wall time for {cpu:.3g} s of CPU time per second of audio; the machine "
                "is busy, measure again when it is idle"
            )
    kernels = [seconds for repeat in repeats for seconds in repeat.kernel_s]
    encode, decode = [r.encode.wall for r in repeats], [r.decode.wall for r in repeats]
    encode_cpu, decode_cpu = median(r.encode.cpu for r in repeats), median(r.decode.cpu for r in repeats)
    return Rtf(
        encode=median(encode),
        encode_low=min(encode),
        encode_high=max(encode),
        encode_cpu=encode_cpu,
        decode=median(decode),
        decode_low=min(decode),
        decode_high=max(decode),
        decode_cpu=decode_cpu,
        threads=(encode_cpu + decode_cpu) / (median(encode) + median(decode)),
        repeats=len(repeats),
        kernel_moved=moved(kernels),
    )


class _Stages:
    """A codec at one point, called once so that it is warm, and how many calls make a block."""

    def __init__(self, codec: Codec, point: OperatingPoint, audio: Audio) -> None:
        payload = codec.encode(audio, point)  # the first call allocates and compiles
        codec.decode(payload, point)
        self._seconds = audio.seconds
        self._encode = _Blocks(lambda: codec.encode(audio, point))
        self._decode = _Blocks(lambda: codec.decode(payload, point))

    def encode(self) -> StageTime:
        return self._encode.time(self._seconds)

    def decode(self) -> StageTime:
        return self._decode.time(self._seconds)


class _Blocks:
    def __init__(self, call: Callable[[], object]) -> None:
        self._call, self._calls = call, 1
        self._calls = max(1, ceil(SHORTEST_BLOCK_S / max(self.time(1.0).wall, 1e-6)))

    def time(self, seconds: float) -> StageTime:
        """Per call, and per second of audio where a call takes `seconds` of it."""
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(self._calls):
            self._call()
        per = self._calls * seconds
        return StageTime((time.perf_counter() - wall) / per, (time.process_time() - cpu) / per)
