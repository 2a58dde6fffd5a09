"""The conditions of the controls: degradations that blur a word without turning it into another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

import numpy as np
from scipy.signal import butter, sosfiltfilt

from codecbench.api import Audio, Codec, CodecCard, CodecOptions
from codecbench.metrics.hallucination.blurs import Change, through, with_noise
from codecbench.plugins import registry

ORDER = 4
"""Of the Butterworth filter, run forwards and backwards."""


def coded(spec: str, point: str, audio: Audio) -> Audio:
    """`audio` through a codec at the operating point with this label, at the rate and length it had."""
    return through(*_codec(spec), point, audio)


def low_pass(cutoff_hz: float, audio: Audio) -> Audio:
    sections = butter(ORDER, cutoff_hz, output="sos", fs=audio.sample_rate)
    return Audio.mono(sosfiltfilt(sections, audio.samples[0].astype(np.float64)), audio.sample_rate)


BLURS: Mapping[str, Change] = {
    "Opus 6k": partial(coded, "opus", "6"),
    "noise 5 dB": partial(with_noise, 5.0),
    "Codec 2 700": partial(coded, "codec2", "0.7"),
    "low-pass 2 kHz": partial(low_pass, 2000.0),
    "low-pass 1 kHz": partial(low_pass, 1000.0),
}
FLOOR: Mapping[str, Change] = {"Opus 32k": partial(coded, "opus", "32")}


@cache
def _codec(spec: str) -> tuple[Codec, CodecCard]:
    entry = registry().codec(spec)
    return entry.factory(CodecOptions()), entry.card
