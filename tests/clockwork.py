"""A codec whose time is made up, on clocks that it moves itself: nothing here depends on how fast the machine is."""

from __future__ import annotations

import numpy as np

from codecbench.api import Audio, CodecCard, OperatingPoint

POINT = OperatingPoint(8.0)
CARD = CodecCard("clockwork", 8000, (POINT,), frame=80, latency_ms=10.0, latency_kind="structural")
AUDIO = Audio.mono(np.zeros(16000), 8000)


class Clock:
    def __init__(self) -> None:
        self.wall = self.cpu = 100.0

    def perf_counter(self) -> float:
        return self.wall

    def process_time(self) -> float:
        return self.cpu


class Clockwork:
    """Encoding takes 0.5 s, decoding 0.1 s, of wall time; CPU time is `share` of it."""

    def __init__(self, clock: Clock, share: float = 1.0) -> None:
        self.clock, self.share = clock, share
        self.calls: list[str] = []

    def _work(self, what: str, seconds: float) -> None:
        self.calls.append(what)
        self.clock.wall += seconds
        self.clock.cpu += seconds * self.share

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self._work("encode", 0.5)
        return bytes(audio.length)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        self._work("decode", 0.1)
        return Audio.mono(np.zeros(len(payload)), 8000)
