"""A codec on the bench: steps taken with it in processes that are told apart by name."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, CodecCard, CodecOptions, OperatingPoint, Unavailable
from codecbench.audio import resample, source_signal, with_channels
from codecbench.conformance.worker import CodecCall, Made, Ran, load, take
from codecbench.run.pool import Load, Slots, Task
from codecbench.run.workers.codecs import CodecJob
from codecbench.store.answers import Failure

LOAD_SECONDS, STEP_SECONDS = 300.0, 60.0
UTTERANCES = 8
"""Of the probe set, one after the other: 25 s of speech."""


class NotUsable(Exception):
    """The codec cannot be tried at all: it does not load, or does not code speech."""


@dataclass(frozen=True)
class Bench:
    """`slots` are where its processes are. `began` is when the check did."""

    card: CodecCard
    job: CodecJob
    slots: Slots
    began: float
    points: tuple[OperatingPoint, ...]

    @property
    def low(self) -> OperatingPoint:
        return self.points[0]

    @property
    def high(self) -> OperatingPoint:
        return self.points[-1]

    def run(
        self, process: str, steps: Sequence[CodecCall], *, threads: int | None = None, seed: int | None = None
    ) -> Ran:
        """`steps` in the process of this name, which is started where there is none; a lost one fails them all."""
        job = self.job if seed is None else replace(self.job, options=replace(self.job.options, seed=seed))
        needs = Load(job, load, LOAD_SECONDS)
        task = Task(None, take, (job, tuple(steps), threads, self.began), STEP_SECONDS, needs)
        (outcome,) = self.slots.pool(f"check {process}").run(iter([task]))
        if isinstance(outcome.value, Failure):
            lost = Made(error=outcome.value.reason, kind="process lost" if outcome.value.fatal else "failed")
            return Ran(tuple(lost for _ in steps))
        ran: Ran = outcome.value
        return ran

    def encode(self, process: str, audio: Audio, point: OperatingPoint, **how: int | None) -> Made:
        return self.run(process, [CodecCall("encode", point.label, audio=audio)], **how).made[0]

    def decode(self, process: str, payload: bytes, point: OperatingPoint, **how: int | None) -> Made:
        return self.run(process, [CodecCall("decode", point.label, payload=payload)], **how).made[0]

    def through(self, audio: Audio, point: OperatingPoint) -> tuple[Made, Made]:
        """Encoded, and decoded in another process, as a run would. The second is the first where that failed."""
        encoded = self.encode("encoder", audio, point)
        return encoded, self.decode("decoder", encoded.payload, point) if encoded.payload is not None else encoded

    @cached_property
    def speech(self) -> Audio:
        """At the codec's rate and channels."""
        probe = sorted(Path(str(files("codecbench.datasets") / "speech" / "probe")).rglob("*.flac"))[:UTTERANCES]
        samples = np.concatenate([source_signal(path).samples for path in probe], axis=1)
        return with_channels(resample(Audio(samples, 16000), self.card.sample_rate), self.card.channels)

    def excerpt(self, seconds: float, start: float = 0.0) -> Audio:
        """Of the speech, from `start` seconds on; it begins anew where it ends."""
        first, length = round(start * self.card.sample_rate), round(seconds * self.card.sample_rate)
        return self.signal(np.take(self.speech.samples[0], np.arange(first, first + length), mode="wrap"))

    def signal(self, samples: NDArray[np.floating]) -> Audio:
        """[samples] on each channel."""
        return Audio(
            np.repeat(np.asarray(samples, np.float32)[None], self.card.channels, axis=0), self.card.sample_rate
        )

    @cached_property
    def slowness(self) -> float:
        """Seconds that a second of speech takes, encoded and decoded at the highest rate.

        Raises NotUsable where that cannot be done, Unavailable where what the codec needs is not on this machine.
        """
        audio = self.excerpt(2.0)
        for _ in range(2):  # the first time is slower than any other
            encoded, decoded = self.through(audio, self.high)
            if decoded.kind == "Unavailable":
                raise Unavailable(decoded.error.removeprefix("Unavailable: "))
            if not decoded.ok:
                raise NotUsable(f"two seconds of speech at {self.high}: {decoded.error}")
        return (encoded.seconds + decoded.seconds) / 2.0

    def affordable(self, wanted: float, budget: float, least: float) -> float:
        """Seconds of speech, `wanted` or fewer, that are coded within `budget` seconds; at least `least`."""
        return max(least, min(wanted, budget / max(self.slowness, 1e-6)))


def bench(card: CodecCard, options: CodecOptions, slots: Slots) -> Bench:
    return Bench(card, CodecJob(card.spec, options), slots, time.time(), card.rising_points)
