"""Random crops of the training speech, changed a little. Update k of seed s always sees the same, whatever the codec.

So a resumed training needs no state of its random generators, and codecs are compared on equal audio.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from codecbench.training_speech import SAMPLE_RATE, Signal

Crop = NDArray[np.float32]

GAIN_DB = (-9.0, 6.0)
"""Speakers of other sets are louder or softer."""
SPEEDS = (0.9, 1.1)
SPEED_SHARE = 0.15
FILTERED_SHARE = 0.15
"""Other microphones: a band edge below 150 Hz or above 5 kHz."""
NOISY_SHARE = 0.05
NOISE_DB = (-45.0, -25.0)
"""Of white noise, beside the crop's own level."""
LARGEST = 0.99


class Crops:
    """Batches of crops, [batch, 1, length] float32 in [-1, 1]."""

    def __init__(self, signals: tuple[Signal, ...], length: int, batch: int, seed: int) -> None:
        """`signals` are each at least `length` long; one is drawn with probability in proportion to its length."""
        self.signals, self.length, self.size, self.seed = signals, length, batch, seed
        lengths = np.array([len(signal) for signal in signals], dtype=np.float64)
        self.probabilities = lengths / lengths.sum()

    def since(self, update: int) -> Iterator[Crop]:
        """The batches of `update`, counted from 0, and of all that follow."""
        while True:
            yield self.batch(update)
            update += 1

    def batch(self, update: int) -> Crop:
        rng = np.random.default_rng((self.seed, update))
        chosen = rng.choice(len(self.signals), self.size, p=self.probabilities)
        return np.stack([self._crop(self.signals[index], rng)[None] for index in chosen])

    def _crop(self, signal: Signal, rng: np.random.Generator) -> Crop:
        speed = rng.uniform(*SPEEDS) if rng.random() < SPEED_SHARE else 1.0
        taken = min(len(signal), round(self.length * speed))
        start = int(rng.integers(0, len(signal) - taken + 1))
        crop: Crop = signal[start : start + taken].astype(np.float32) / np.float32(32768)
        if taken != self.length:
            crop = soxr.resample(crop, taken, self.length)
        return changed(_fitted(crop, self.length), rng)


def changed(crop: Crop, rng: np.random.Generator) -> Crop:
    """`crop` [samples] with another polarity and level, and at times another band edge or a little noise."""
    if rng.random() < FILTERED_SHARE:
        crop = _filtered(crop, rng)
    if rng.random() < NOISY_SHARE:
        level = np.sqrt(np.mean(crop**2)) * 10 ** (rng.uniform(*NOISE_DB) / 20)
        crop = crop + level * rng.standard_normal(len(crop))
    gain = 10 ** (rng.uniform(*GAIN_DB) / 20) * rng.choice((-1.0, 1.0))
    loudest = float(np.abs(crop).max())
    limit = LARGEST / max(loudest, 1e-3)
    louder: Crop = (crop * np.clip(gain, -limit, limit)).astype(np.float32)
    return louder


def _filtered(crop: Crop, rng: np.random.Generator) -> Crop:
    kind, edge = ("highpass", rng.uniform(40, 150)) if rng.random() < 0.5 else ("lowpass", rng.uniform(5000, 7800))
    filtered: Crop = sosfilt(butter(2, edge, kind, fs=SAMPLE_RATE, output="sos"), crop)
    return filtered


def _fitted(crop: Crop, length: int) -> Crop:
    """Resampling may miss the length by a sample."""
    return np.pad(crop[:length], (0, max(0, length - len(crop))))
