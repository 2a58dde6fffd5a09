"""Real-time factors: processing time over audio duration, encoding and decoding apart.

Timed is audio at the codec's rate to payload, and payload to audio: packing included, files and resampling not. Repeats
take turns, over operating points within a visit to a codec and over codecs from visit to visit, so that a slow minute
of the machine does not fall on one of them alone. A reference kernel is timed between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from codecbench.api import Abstain, Audio, Codec, OperatingPoint
from codecbench.cost.blocks import Blocks, CallClock, StageTime
from codecbench.cost.kernel import MOVED, kernel_seconds, moved

BUSY = 1.25
"""Wall over CPU time from which a repeat is taken to be disturbed by other work on the machine."""

VISITS = 2
REPEATS = 3
"""A codec is visited twice, the others in between, and timed three times at each visit: six repeats."""

STEADY = 5
MOST_VISITS = 5
"""So many repeats must be undisturbed; where they are not, a codec is visited again, up to so often: of 15 repeats the
least disturbed third."""


@dataclass(frozen=True)
class Repeat:
    """Encoding and decoding timed once; `kernel_s` are the times of the reference kernel before and after."""

    encode: StageTime
    decode: StageTime
    kernel_s: tuple[float, float]

    @property
    def busy(self) -> bool:
        """Whether either waited for a processor: an excess that the clocks' own noise explains is none."""
        return any(one.wall > BUSY * one.cpu + one.noise for one in (self.encode, self.decode))


@dataclass(frozen=True)
class Rtf:
    """Wall time per second of audio: the median of repeats, the lowest and the highest; and the median of CPU time.

    CPU times include those of child processes that have ended. `threads` is CPU over wall time, above 1 where the codec
    computes in parallel. `repeats` are those that count, and `kernel_moved` the share by which the reference kernel's
    time differed between them.
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


@dataclass(frozen=True)
class CpuTime:
    """CPU time per second of audio: what a busy machine still tells, which is how much work there is."""

    encode: float
    decode: float


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


def undisturbed(repeats: Sequence[Repeat]) -> list[Repeat]:
    """Those that waited for no processor, and before and after which the reference kernel took at most a quarter longer
    than it did at its fastest.

    A neighbour on a shared machine slows some repeats down and leaves others: the latter are the codec's own.
    """
    fastest = min((seconds for repeat in repeats for seconds in repeat.kernel_s), default=0.0)
    steady = (repeat for repeat in repeats if max(repeat.kernel_s) <= (1 + MOVED) * fastest)
    return [repeat for repeat in steady if not repeat.busy]


def summarize_rtf(repeats: Sequence[Repeat]) -> Rtf:
    """The figures of one codec at one operating point, of its undisturbed repeats.

    Raises:
        Abstain: there are too few of them.
    """
    timed, repeats = repeats, undisturbed(repeats)
    if len(repeats) < min(STEADY, len(timed)):
        raise Abstain(f"the machine was busy: {_disturbance(timed, len(repeats))}")
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


def cpu_time(repeats: Sequence[Repeat]) -> CpuTime:
    """Of the third of `repeats` beside which the reference kernel was fastest."""
    calm = sorted(repeats, key=lambda repeat: max(repeat.kernel_s))[: max(1, len(repeats) // 3)]
    return CpuTime(median(r.encode.cpu for r in calm), median(r.decode.cpu for r in calm))


def _disturbance(timed: Sequence[Repeat], left: int) -> str:
    kernels = [seconds for repeat in timed for seconds in repeat.kernel_s]
    waits = [one.wall / max(one.cpu, 1e-9) for repeat in timed for one in (repeat.encode, repeat.decode)]
    return (
        f"{left} of {len(timed)} repeats were undisturbed, {STEADY} are needed (wall over CPU time up to "
        f"{max(waits):.1f}, the reference kernel {1000 * min(kernels):.1f} to {1000 * max(kernels):.1f} ms)"
    )


class _Stages:
    """A codec at one point, called once so that it is warm."""

    def __init__(self, codec: Codec, point: OperatingPoint, audio: Audio) -> None:
        payload = codec.encode(audio, point)  # the first call allocates and compiles
        codec.decode(payload, point)
        self._seconds = audio.seconds
        clock = CallClock.of(codec)
        self._encode = Blocks(lambda: codec.encode(audio, point), clock)
        self._decode = Blocks(lambda: codec.decode(payload, point), clock)

    def encode(self) -> StageTime:
        return self._encode.time(self._seconds)

    def decode(self) -> StageTime:
        return self._decode.time(self._seconds)
