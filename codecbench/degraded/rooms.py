"""Rooms: a direct sound, and noise that dies away behind it."""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve

from codecbench.api import Audio

DECAY = 3 * np.log(10)
"""The amplitude has fallen by 60 dB after the reverberation time."""


class Reverb:
    """Polack's model (1988): white noise under an exponential envelope, here of the direct sound's energy."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = float(seconds or 0.0)

    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        length = max(2, round(self.seconds * audio.sample_rate))
        times = np.arange(1, length) / audio.sample_rate
        tail = g.standard_normal(length - 1) * np.exp(-DECAY * times / self.seconds)
        response = np.concatenate([[1.0], tail / np.sqrt(np.square(tail).sum())])
        samples = audio.samples[0].astype(np.float64)
        heard = fftconvolve(samples, response)[: len(samples)] if len(samples) else samples
        return Audio.mono(heard.astype(np.float32), audio.sample_rate)
