"""F0 as codes at their own rate, relative to the speaker; and what is sent once a file: its range and the speaker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench_units.config import (
    CEPSTRUM_CODES,
    HIGHEST_HZ,
    LARGEST_SPREAD,
    LOWEST_HZ,
    MEAN_CODES,
    PITCH_CODES,
    PITCH_REACH,
    SPREAD_CODES,
)

Codes = NDArray[np.int64]
Array = NDArray[np.float64]
STEPS = PITCH_CODES - 1
"""Voiced codes."""


@dataclass(frozen=True)
class PitchRange:
    """A speaker's log F0 in a file: codes of its mean and of its standard deviation."""

    mean_code: int
    spread_code: int

    @classmethod
    def of(cls, track: Array) -> PitchRange:
        """Of the voiced frames of `track` (Hz, 0: unvoiced); of none a middle voice."""
        voiced = np.log(track[track > 0])
        mean, spread = (float(voiced.mean()), float(voiced.std())) if len(voiced) else (np.log(140.0), 0.2)
        place = (mean - np.log(LOWEST_HZ)) / np.log(HIGHEST_HZ / LOWEST_HZ)
        return cls(
            int(np.clip(round(place * (MEAN_CODES - 1)), 0, MEAN_CODES - 1)),
            int(np.clip(round(spread / LARGEST_SPREAD * SPREAD_CODES) - 1, 0, SPREAD_CODES - 1)),
        )

    @property
    def mean(self) -> float:
        """Of log F0."""
        return float(np.log(LOWEST_HZ) + self.mean_code / (MEAN_CODES - 1) * np.log(HIGHEST_HZ / LOWEST_HZ))

    @property
    def spread(self) -> float:
        return (self.spread_code + 1) / SPREAD_CODES * LARGEST_SPREAD


def pitch_codes(track: Array, span: PitchRange, frames: int) -> Codes:
    """One code each `frames` frames of `track` (Hz, 0: unvoiced), whose length they divide.

    Voiced where half of them are; the median of those that are.
    """
    blocks = track.reshape(-1, frames)
    codes = np.zeros(len(blocks), np.int64)
    for index, block in enumerate(blocks):
        voiced = block[block > 0]
        if 2 * len(voiced) >= frames:
            place = (np.log(np.median(voiced)) - span.mean) / span.spread
            step = round((place + PITCH_REACH) / (2 * PITCH_REACH) * (STEPS - 1))
            codes[index] = 1 + int(np.clip(step, 0, STEPS - 1))
    return codes


@dataclass(frozen=True, eq=False)
class Contour:
    """What the decoder knows of F0, by frames: log F0, which goes on where it is unvoiced; and how voiced, 0 to 1."""

    log_pitch: Array
    voicing: Array


def contour(codes: Codes, span: PitchRange, frames: int) -> Contour:
    """Of codes that each stand for `frames` frames: straight lines between the middles of their blocks."""
    middles = (np.arange(len(codes)) + 0.5) * frames
    times = np.arange(len(codes) * frames) + 0.5
    voiced = codes > 0
    voicing = np.interp(times, middles, voiced.astype(np.float64))
    if not voiced.any():
        return Contour(np.full(len(times), span.mean), voicing)
    place = (codes[voiced] - 1) / (STEPS - 1) * 2 * PITCH_REACH - PITCH_REACH
    return Contour(np.interp(times, middles[voiced], span.mean + place * span.spread), voicing)


@dataclass(frozen=True, eq=False)
class CepstrumGrid:
    """The speaker vector's quantizer: uniform steps from `low` to `high`, [24] each."""

    low: Array
    high: Array

    def codes(self, cepstrum: Array) -> Codes:
        place = (cepstrum - self.low) / (self.high - self.low)
        return np.clip(np.rint(place * (CEPSTRUM_CODES - 1)), 0, CEPSTRUM_CODES - 1).astype(np.int64)

    def values(self, codes: Codes) -> Array:
        """In [-1, 1], as the decoder takes them."""
        return codes / (CEPSTRUM_CODES - 1) * 2 - 1
