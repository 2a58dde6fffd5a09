"""Levels of speech: of the frames in which somebody speaks, for pauses must not decide a level."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME_S = 0.02
ACTIVE_DB = 30.0
"""Frames within this of the loudest count as speech. Our choice: P.56 is stricter about gaps, and differs by a dB."""
Powers = NDArray[np.float64]
"""[frames]"""


def frame_powers(samples: NDArray[Any], sample_rate: int) -> Powers:
    """Of [..., samples], the mean over channels in whole frames of 20 ms; of what is shorter, one frame of it all."""
    length = samples.shape[-1]
    size = max(1, min(round(FRAME_S * sample_rate), length))
    squares = np.square(samples[..., : length // size * size].astype(np.float64)).reshape(*samples.shape[:-1], -1, size)
    powers: Powers = squares.mean(axis=(*range(squares.ndim - 2), squares.ndim - 1))
    return powers


def is_active(powers: Powers) -> NDArray[np.bool_]:
    """Which frames count as speech."""
    active: NDArray[np.bool_] = powers >= powers.max(initial=0.0) * 10 ** (-ACTIVE_DB / 10)
    return active


def active_rms(samples: NDArray[Any], sample_rate: int) -> float:
    """RMS over the frames of [..., samples] that count as speech; 0 of silence."""
    powers = frame_powers(samples, sample_rate)
    return float(np.sqrt(powers[is_active(powers)].mean())) if len(powers) else 0.0
