"""Bit errors: the same for every codec, by the time at which a bit is sent."""

from __future__ import annotations

from math import log1p

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio

BLOCK_S, LAYER = 1.0, 1000.0
"""Draws are made a second and 1000 bit/s at a time."""


class BitErrors:
    """Each bit is flipped with the probability `rate`, whatever the others.

    Errors are points of a Poisson process over time and bit/s. A stream of R bit/s is hit by those below R: streams of
    one rate are hit at the same times, one of a lower rate at some of the times of a higher one.
    """

    def __init__(self, rate: float | None) -> None:
        self.density = -log1p(-(rate or 0.0))
        """Points a bit: a bit that is hit at least once is flipped."""

    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        return audio

    def flipped(self, bits: int, bits_per_s: float, g: np.random.Generator) -> NDArray[np.bool_]:
        seed, hit = int(g.integers(2**32)), np.zeros(bits, bool)
        for second in range(int(np.ceil(bits / bits_per_s / BLOCK_S))):
            times = (second + self._times(bits_per_s, np.random.default_rng([seed, second]))) * BLOCK_S
            at = np.floor(times * bits_per_s).astype(int)
            hit[at[at < bits]] = True
        return hit

    def _times(self, bits_per_s: float, g: np.random.Generator) -> NDArray[np.float64]:
        """In [0, 1): of the points of a block, those below `bits_per_s`, layer after layer."""
        found = [np.zeros(0)]
        for layer in range(int(np.ceil(bits_per_s / LAYER))):
            points = g.random((int(g.poisson(self.density * LAYER * BLOCK_S)), 2))  # [points, time and bit/s]
            found.append(points[(layer + points[:, 1]) * LAYER < bits_per_s, 0])
        return np.concatenate(found)
