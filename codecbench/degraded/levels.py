"""Levels of speech: what a signal-to-noise ratio is counted from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME_S = 0.02
ACTIVE_DB = 30.0
"""Frames within this of the loudest are active. Ours: P.56 is stricter about gaps, and differs by a dB on speech."""


def active_rms(samples: NDArray[Any], sample_rate: int) -> float:
    """RMS over the active frames of [samples]; 0 of silence."""
    size = max(1, round(FRAME_S * sample_rate))
    whole = len(samples) // size * size
    if not whole:
        return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    powers = np.square(samples[:whole].astype(np.float64)).reshape(-1, size).mean(axis=1)
    return float(np.sqrt(powers[powers >= powers.max() * 10 ** (-ACTIVE_DB / 10)].mean()))
