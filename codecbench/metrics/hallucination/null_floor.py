"""The null floor: what the recognizer changes its mind about when nothing audible happened to the original.

PCM passthrough proves nothing: identical samples are read identically. These changes are inaudible, yet a recognizer's
beam may turn on them; codec-induced errors of that size say nothing of a codec. Each condition costs a transcription of
the original, a fifth of all recognition where there are four cells to each. So by default every other original gets
one, drawn by its own samples; `full` gives all seven to each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

import numpy as np

from codecbench import degradations
from codecbench.api import Audio, Recognizer

NullFloor = Literal["sample", "full"]
SNR_DB = 50.0
RESAMPLED_HZ = 48000


def _shifted(milliseconds: float, audio: Audio) -> Audio:
    """Later by a few milliseconds, with silence before it; the length stays."""
    late = degradations.delayed(audio.samples, round(milliseconds * audio.sample_rate / 1000))
    return Audio(late, audio.sample_rate)


def _louder(decibels: float, audio: Audio) -> Audio:
    return Audio(degradations.louder(audio.samples, decibels), audio.sample_rate)


def _noisy(snr_db: float, audio: Audio) -> Audio:
    """White noise at `snr_db` below the signal's own level, the same for the same samples."""
    g = np.random.default_rng(_draw(audio))
    return Audio(degradations.with_noise(audio.samples, snr_db, g), audio.sample_rate)


def _resampled(sample_rate: int, audio: Audio) -> Audio:
    return degradations.resampled_twice(audio, sample_rate)


CONDITIONS: Mapping[str, Callable[[Audio], Audio]] = {
    "shift 1 ms": partial(_shifted, 1.0),
    "shift 3 ms": partial(_shifted, 3.0),
    "shift 7 ms": partial(_shifted, 7.0),
    "+1 dB": partial(_louder, 1.0),
    "-1 dB": partial(_louder, -1.0),
    "-50 dB noise": partial(_noisy, SNR_DB),
    "16-48-16 kHz": partial(_resampled, RESAMPLED_HZ),
}


def chosen_conditions(audio: Audio, extent: NullFloor) -> tuple[str, ...]:
    """The conditions that `audio` is given: all, or what its samples draw: none as often as any."""
    names = tuple(CONDITIONS)
    if extent == "full":
        return names
    drawn = _draw(audio) % (2 * len(names))
    return names[drawn : drawn + 1]


def heard_under_null(audio: Audio, recognizer: Recognizer, extent: NullFloor) -> dict[str, str]:
    """What `recognizer` hears in `audio` under each of its conditions, by condition."""
    return {name: recognizer.transcribe(CONDITIONS[name](audio)).text for name in chosen_conditions(audio, extent)}


def _draw(audio: Audio) -> int:
    return int.from_bytes(hashlib.sha256(audio.samples.tobytes()).digest()[:8], "big")
