"""Changes that make speech harder to understand and put no other words into it: what a blurring codec does.

For calibration and controls. Noise and filters are made here, the coders come from the plugins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from codecbench.api import Audio, Codec, CodecCard, CodecOptions
from codecbench.audio import fit_length, resample, with_channels
from codecbench.plugins import Registry

Change = Callable[[Audio], Audio]

TAPS = 511
"""Of the low-pass filters: a transition of 100 Hz at 16 kHz."""
CODERS = {
    "Codec 2 1200": ("codec2", "1.2"), "Codec 2 700": ("codec2", "0.7"), "Opus 6k": ("opus", "6"),
    "Opus 32k": ("opus", "32"),
}  # fmt: skip
TRANSPARENT = ("Opus 32k",)
"""No blur, but the floor: what is called hallucinated there is a false alarm."""


def with_noise(snr_db: float, audio: Audio) -> Audio:
    """White noise at `snr_db` below the signal's power, the same for signals of one length."""
    signal = audio.samples[0].astype(np.float64)
    noise = np.random.default_rng(audio.length).standard_normal(audio.length)
    noise *= np.sqrt(np.mean(signal**2) / np.mean(noise**2)) * 10 ** (-snr_db / 20)
    return Audio.mono(signal + noise, audio.sample_rate)


def low_passed(hertz: float, audio: Audio) -> Audio:
    """By a linear-phase filter, without delay."""
    from scipy.signal import fftconvolve, firwin

    taps = firwin(TAPS, hertz, fs=audio.sample_rate)
    return Audio.mono(fftconvolve(audio.samples[0], taps, "same"), audio.sample_rate)


NOISES: Mapping[str, Change] = {f"noise {snr} dB": partial(with_noise, snr) for snr in (20, 10, 5, 0)}
FILTERS: Mapping[str, Change] = {f"low-pass {khz} kHz": partial(low_passed, 1000 * khz) for khz in (2, 1)}


def coders(registry: Registry) -> dict[str, Change]:
    """The coders by condition. Raises Unavailable where one cannot run here."""
    changes: dict[str, Change] = {}
    for name, (codec, label) in CODERS.items():
        entry = registry.codec(codec)
        coder = entry.factory(CodecOptions(entry.card.checkpoint))
        changes[name] = partial(through, coder, entry.card, label)
    return changes


def all_changes(registry: Registry) -> dict[str, Change]:
    """Every condition, by name, milder ones first within a kind."""
    return {**NOISES, **FILTERS, **coders(registry)}


def through(codec: Codec, card: CodecCard, label: str, audio: Audio) -> Audio:
    """`audio` through a codec at the operating point with this label, at the rate and length it had."""
    point = card.point(label)
    payload = codec.encode(with_channels(resample(audio, card.sample_rate), card.channels), point)
    return fit_length(resample(codec.decode(payload, point), audio.sample_rate), audio.length).audio
