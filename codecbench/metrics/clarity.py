"""Two facts about a decoded signal against its original that a change of voice leaves alone: noise and dullness.

They tell a voice that became another from one that was only blurred. Both compare coarse statistics, so that they need
neither aligned samples nor the same pitch: formants and pitch shifted by a quarter move neither beyond its limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from codecbench.metrics.mel import magnitudes
from codecbench.metrics.pair import RATE, Pair, Signal

FRAME, WINDOW = 320, 512
LOUD, QUIET = 0.95, 0.10
WIDEST_RANGE_DB = 35.0
"""Beyond it a noise floor is not heard beside speech; digital silence would make the range arbitrary."""
BANDS_HZ = ((125, 1000), (1000, 2000), (2000, 4000), (4000, 7000))
NOISIER_DB = 6.0
DULLER_DB = 10.0
"""What a codec at 4 kHz of bandwidth loses at least; a voice shifted by a quarter loses 4 dB at most."""


@dataclass(frozen=True)
class Clarity:
    """`noise_rise_db`: by how much the distance between loud and quiet frames shrank, within the audible 35 dB.

    `band_loss_db`: the largest loss of an octave band's share of the power.
    """

    noise_rise_db: float
    band_loss_db: float

    @property
    def holds(self) -> bool:
        """Neither noisier by 6 dB nor duller by 10 dB."""
        return self.noise_rise_db < NOISIER_DB and self.band_loss_db < DULLER_DB


def clarity(pair: Pair) -> Clarity:
    """`pair` must not be silent and last a frame of 20 ms at least."""
    rise = level_range_db(pair.reference) - level_range_db(pair.decoded)
    loss = max(before - after for before, after in zip(_bands_db(pair.reference), _bands_db(pair.decoded), strict=True))
    return Clarity(rise, loss)


def level_range_db(signal: Signal) -> float:
    """From the 10th to the 95th percentile of the levels of 20 ms frames, at most 35 dB."""
    frames = signal[: len(signal) // FRAME * FRAME].reshape(-1, FRAME)
    levels = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    return min(WIDEST_RANGE_DB, float(np.quantile(levels, LOUD) - np.quantile(levels, QUIET)))


def _bands_db(signal: Signal) -> list[float]:
    """Each band's share of the power from 125 Hz to 7 kHz."""
    frequencies = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    power = np.mean(np.square(magnitudes(signal, WINDOW, WINDOW // 2)), axis=0)
    shares = [float(power[(frequencies >= low) & (frequencies < high)].sum()) for low, high in BANDS_HZ]
    total = sum(shares) + 1e-30  # a hum below the bands leaves none
    return [10 * float(np.log10(share / total + 1e-12)) for share in shares]
