"""Timing blocks of calls: wall time, and the CPU time of this process and of its children that have ended.

A codec that calls a command-line encoder does its work in children. What a child that goes on running has used is not
known to this process (getrusage(2), RUSAGE_CHILDREN): one that does the work of a codec says itself what it used.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Protocol, runtime_checkable

SHORTEST_BLOCK_S = 0.02
"""Calls are timed in blocks of at least this: a single short one would time the scheduler."""

NOISE_S = 0.002
"""Wall time of a block that says nothing of other work: what reading the clocks, an interrupt or a child's start and
end may take. Our choice, a tenth of the shortest block."""


@dataclass(frozen=True)
class StageTime:
    """Seconds of wall and of CPU time per second of audio, and how much of the former may be `noise`."""

    wall: float
    cpu: float
    noise: float = 0.0


@dataclass(frozen=True)
class CallClock:
    """Two clocks in seconds, read one after the other."""

    wall: Callable[[], float]
    cpu: Callable[[], float]

    @classmethod
    def of(cls, codec: object) -> CallClock:
        """Of the process that does the codec's work: what is between that one and this is none of the codec's time."""
        if isinstance(codec, WorksElsewhere):
            return cls(lambda: codec.seconds.wall, lambda: codec.seconds.cpu)
        return cls(time.perf_counter, cpu_seconds)


class Seconds(Protocol):
    """Wall and CPU time of calls."""

    @property
    def wall(self) -> float: ...

    @property
    def cpu(self) -> float: ...


@runtime_checkable
class WorksElsewhere(Protocol):
    """A codec whose work is done in another process, which says how long its calls have taken in all."""

    @property
    def seconds(self) -> Seconds: ...

    @property
    def pid(self) -> int: ...


class Blocks:
    """A call, repeated as often as makes a block."""

    def __init__(self, call: Callable[[], object], clock: CallClock | None = None) -> None:
        self._call, self._calls, self._clock = call, 1, clock or CallClock.of(None)
        self._calls = self._enough()
        if self._calls > 1:  # of a short call the first one is often the slowest, which would leave blocks too short
            self._calls = max(self._calls, self._enough())

    def _enough(self) -> int:
        return ceil(SHORTEST_BLOCK_S / max(self.time(1.0).wall, 1e-6))

    def time(self, seconds: float) -> StageTime:
        """Per call, and per second of audio where a call takes `seconds` of it."""
        clock = self._clock
        wall, cpu = clock.wall(), clock.cpu()
        for _ in range(self._calls):
            self._call()
        per = self._calls * seconds
        return StageTime((clock.wall() - wall) / per, (clock.cpu() - cpu) / per, NOISE_S / per)


def cpu_seconds() -> float:
    """Of this process, and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
