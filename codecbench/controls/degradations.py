"""Conditions that make speech harder to understand and put no other words into it: what a blurring codec does.

For calibrations and control experiments. Noise and filters are made here, the coders come from the plugins.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

import numpy as np

from codecbench import degradations
from codecbench.api import Audio, Codec, CodecCard, CodecOptions
from codecbench.degradations import Change
from codecbench.plugins import registry
from codecbench.weights import resolve

CODERS = {
    "Codec 2 1200": ("codec2", "1.2"), "Codec 2 700": ("codec2", "0.7"), "Opus 6k": ("opus", "6"),
    "Opus 32k": ("opus", "32"),
}  # fmt: skip
"""Codec and operating point, by condition."""
TRANSPARENT = ("Opus 32k",)
"""No blur, but the floor: what is called hallucinated there is a false alarm."""


def with_noise(snr_db: float, audio: Audio) -> Audio:
    """White noise at `snr_db` below the signal's power, the same for signals of one length."""
    signal = audio.samples[0].astype(np.float64)
    g = np.random.default_rng(audio.length)
    return Audio.mono(degradations.with_noise(signal, snr_db, g, measured=True), audio.sample_rate)


def low_passed(hertz: float, audio: Audio) -> Audio:
    return Audio.mono(degradations.low_passed(audio.samples[0], hertz, audio.sample_rate), audio.sample_rate)


def coded(spec: str, label: str, audio: Audio) -> Audio:
    """`audio` through the codec `spec` at the point `label`. Raises Unavailable where the codec cannot run here."""
    return degradations.through(*_codec(spec), label, audio)


NOISES: Mapping[str, Change] = {f"noise {snr} dB": partial(with_noise, snr) for snr in (20, 10, 5, 0)}
FILTERS: Mapping[str, Change] = {f"low-pass {khz} kHz": partial(low_passed, 1000 * khz) for khz in (2, 1)}


def coders() -> dict[str, Change]:
    """The coders by condition. Raises Unavailable where one cannot run here, before anything is measured."""
    for spec, _ in CODERS.values():
        _codec(spec)
    return {name: partial(coded, spec, label) for name, (spec, label) in CODERS.items()}


def all_changes() -> dict[str, Change]:
    """Every condition, by name, milder ones first within a kind."""
    return {**NOISES, **FILTERS, **coders()}


@cache
def _codec(spec: str) -> tuple[Codec, CodecCard]:
    entry = registry().codec(spec)
    return entry.factory(CodecOptions.of(entry.card, resolve(entry.card))), entry.card
