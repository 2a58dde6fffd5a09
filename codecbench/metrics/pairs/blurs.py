"""The conditions of the controls: degradations that blur a word without turning it into another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial

import numpy as np
from scipy.signal import butter, sosfiltfilt

from codecbench.api import Audio, Codec, CodecCard, CodecOptions
from codecbench.audio import fit_length, resample, with_channels
from codecbench.plugins import registry

Change = Callable[[Audio], Audio]
ORDER = 4
"""Of the Butterworth filter, run forwards and backwards."""


def coded(spec: str, point: str, audio: Audio) -> Audio:
    """`audio` through a codec at the operating point with this label, at the rate and length it had."""
    codec, card = _codec(spec)
    payload = codec.encode(with_channels(resample(audio, card.sample_rate), card.channels), card.point(point))
    return fit_length(resample(codec.decode(payload, card.point(point)), audio.sample_rate), audio.length).audio


def white_noise(snr_db: float, audio: Audio) -> Audio:
    """White noise, the same for each signal of one length; the ratio is over the whole signal."""
    x = audio.samples[0].astype(np.float64)
    noise = np.random.default_rng(len(x)).standard_normal(len(x))
    gain = np.sqrt(np.mean(x**2) / np.mean(noise**2) / 10 ** (snr_db / 10))
    return Audio.mono(x + gain * noise, audio.sample_rate)


def low_pass(cutoff_hz: float, audio: Audio) -> Audio:
    sections = butter(ORDER, cutoff_hz, output="sos", fs=audio.sample_rate)
    return Audio.mono(sosfiltfilt(sections, audio.samples[0].astype(np.float64)), audio.sample_rate)


BLURS: Mapping[str, Change] = {
    "Opus 6k": partial(coded, "opus", "6"),
    "noise 5 dB": partial(white_noise, 5.0),
    "Codec 2 700": partial(coded, "codec2", "0.7"),
    "low-pass 2 kHz": partial(low_pass, 2000.0),
    "low-pass 1 kHz": partial(low_pass, 1000.0),
}
FLOOR: Mapping[str, Change] = {"Opus 32k": partial(coded, "opus", "32")}


@cache
def _codec(spec: str) -> tuple[Codec, CodecCard]:
    entry = registry().codec(spec)
    return entry.factory(CodecOptions()), entry.card
