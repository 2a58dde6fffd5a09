"""What a codec costs, measured in a worker process on an excerpt of the run. Each is guarded and returns plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, CodecCard
from codecbench.audio import SOURCE_RATE, resample, with_channels
from codecbench.audio_files import UnusableAudio
from codecbench.conditions import SourceRecording
from codecbench.run.pool import guarded
from codecbench.run.workers.codecs import CodecJob, loaded
from codecbench.run.workers.signals import source

if TYPE_CHECKING:
    from codecbench.cost.measure import CostFigures
    from codecbench.cost.rtf import Repeat


@dataclass(frozen=True)
class TimedPoint:
    """Repeats of one codec at one point on so many seconds of speech."""

    point: str
    seconds: float
    repeats: tuple[Repeat, ...]


@guarded
def speed(
    job: CodecJob, points: Sequence[str], paths: Sequence[Path], mode: Literal["quick", "full"]
) -> tuple[TimedPoint, ...]:
    """One visit to a codec: its points in turns, for each length of speech that speed is measured on."""
    from codecbench.cost.measure import timed_seconds
    from codecbench.cost.rtf import time_points

    codec, card = loaded(job)
    timed = {
        seconds: time_points(codec, [card.point(label) for label in points], _excerpt(paths, seconds, card))
        for seconds in timed_seconds(mode)
    }
    return tuple(
        TimedPoint(point, seconds, repeats) for seconds, each in timed.items() for point, repeats in each.items()
    )


@guarded
def memory(
    job: CodecJob, points: Sequence[str], paths: Sequence[Path], mode: Literal["quick", "full"]
) -> Mapping[str, float]:
    """The most memory held while coding an excerpt at each of `points`, in MiB by the point's label.

    To be called in a process that has done nothing before.
    """
    from codecbench.cost.measure import excerpt_seconds
    from codecbench.cost.memory import peak_rss_mb, process_of

    codec, card = loaded(job)
    audio = _excerpt(paths, excerpt_seconds(mode), card)

    def code(label: str) -> None:
        codec.decode(codec.encode(audio, card.point(label)), card.point(label))

    return {label: peak_rss_mb(partial(code, label), process_of(codec)) for label in points}


@guarded
def cost(job: CodecJob, point: str, paths: Sequence[Path]) -> CostFigures:
    """What the card of a codec has not, measured at one point on an excerpt of real speech."""
    from codecbench.cost.measure import measure_cost

    codec, card = loaded(job)
    return measure_cost(codec, card, card.point(point), lambda seconds: _excerpt(paths, seconds, card))


def _excerpt(paths: Sequence[Path], seconds: float, card: CodecCard) -> Audio:
    """`seconds` of speech at the codec's rate: utterances one after the other until there is enough."""
    parts: list[NDArray[np.float32]] = []
    wanted = round(seconds * SOURCE_RATE)
    while (missing := wanted - sum(len(part) for part in parts)) > 0:
        count = len(parts)
        parts += _usable(paths, missing)
        if len(parts) == count:
            raise Abstain("the run has no usable utterance to measure on")
    return with_channels(
        resample(Audio.mono(np.concatenate(parts)[:wanted], SOURCE_RATE), card.sample_rate), card.channels
    )


def _usable(paths: Sequence[Path], wanted: int) -> Iterator[NDArray[np.float32]]:
    """The signals of `paths` up to `wanted` samples in all. What cannot be used fails where it is to be coded."""
    for path in paths:
        try:
            samples = source(SourceRecording(path)).samples[0]
        except UnusableAudio:
            continue
        yield samples
        wanted -= len(samples)
        if wanted <= 0:
            return
