"""Synthetic speech-like signals, for measurements that must not depend on a data set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from codecbench.api import Audio

FORMANTS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""First three formants of five vowels, men (Peterson and Barney 1952, table II)."""

BANDWIDTHS_HZ = (80.0, 100.0, 150.0)
SYLLABLE_SECONDS = (0.08, 0.3)
PEAK = 0.9


def speech_like(samples: int, sample_rate: int, seed: int) -> Audio:
    """Syllables of `samples` in all: a gliding glottal pulse train through vowel formants, opened by fricative noise.

    Deterministic in `seed`, mono, peak 0.9. Broadband and never silent, so that each replaced sample can be noticed.
    """
    random = np.random.default_rng(seed)
    pieces: list[NDArray[np.float64]] = []
    while sum(len(piece) for piece in pieces) < samples:
        length = max(8, round(random.uniform(*SYLLABLE_SECONDS) * sample_rate))
        pieces.append(_syllable(length, sample_rate, random))
    signal = np.concatenate(pieces)[:samples]
    return Audio.mono(PEAK * signal / max(1e-9, float(np.abs(signal).max())), sample_rate)


def _syllable(length: int, sample_rate: int, random: np.random.Generator) -> NDArray[np.float64]:
    time = np.arange(length) / length
    pitch = random.uniform(90, 220) * (1 + random.uniform(-0.2, 0.2) * time)
    pulses = np.diff(np.floor(np.cumsum(pitch) / sample_rate), prepend=0.0)
    voiced = pulses + 0.02 * random.standard_normal(length)
    for formant, bandwidth in zip(FORMANTS_HZ[random.integers(len(FORMANTS_HZ))], BANDWIDTHS_HZ, strict=True):
        if formant < 0.45 * sample_rate:
            radius = np.exp(-np.pi * bandwidth / sample_rate)
            angle = 2 * np.pi * formant / sample_rate
            voiced = lfilter([1 - radius], [1.0, -2 * radius * np.cos(angle), radius**2], voiced)
    voiced = voiced / max(1e-9, float(np.abs(voiced).max()))
    noise = random.uniform(0, 0.2) * random.standard_normal(length) * np.clip(1 - 4 * time, 0, 1)
    envelope = 0.1 + 0.9 * np.sin(np.pi * time)
    signal: NDArray[np.float64] = random.uniform(0.2, 1.0) * (envelope * voiced + noise)
    return signal
