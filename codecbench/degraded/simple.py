"""What can be done to a recording in a line."""

from __future__ import annotations

import numpy as np

from codecbench.api import Audio
from codecbench.degradations import louder, low_passed


class _Valued:
    def __init__(self, value: float | None) -> None:
        self.value = float(value or 0.0)


class Level(_Valued):
    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        return Audio(louder(audio.samples, self.value), audio.sample_rate)


class Clipped(_Valued):
    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        limit = audio.peak * 10 ** (-self.value / 20)
        return Audio(np.clip(audio.samples, -limit, limit), audio.sample_rate)


class LowPass(_Valued):
    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        return Audio.mono(low_passed(audio.samples[0], 1000 * self.value, audio.sample_rate), audio.sample_rate)


class Silence(_Valued):
    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        return Audio(np.zeros_like(audio.samples), audio.sample_rate)


class NoiseOnly(_Valued):
    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        noise = g.standard_normal(audio.samples.shape) * 10 ** (self.value / 20)
        return Audio(noise.astype(np.float32), audio.sample_rate)
