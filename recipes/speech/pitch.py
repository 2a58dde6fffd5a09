"""Median fundamental frequency of a voice, by normalized autocorrelation."""

import numpy as np
import soxr
from numpy.typing import NDArray

from codecbench.synthesis.synthesizer import SAMPLE_RATE

RATE = 8_000
WINDOW = 320  # 40 ms
HOP = 80
SHORTEST, LONGEST = RATE // 400, RATE // 60  # lags: 400 Hz down to 60 Hz
VOICED = 0.7
FEMALE_ABOVE_HZ = 165.0


def median_f0_hz(audio: NDArray[np.float32]) -> float:
    narrow = soxr.resample(audio, SAMPLE_RATE, RATE)
    threshold = np.sqrt(np.mean(narrow**2))
    spans = (narrow[start : start + WINDOW + LONGEST] for start in range(0, len(narrow) - WINDOW - LONGEST, HOP))
    lags = [_lag(span) for span in spans if np.sqrt(np.mean(span**2)) > threshold]
    return float(np.median([RATE / lag for lag in lags if lag]))


def _lag(span: NDArray[np.float32]) -> int:
    """The period in samples, 0 where unvoiced."""
    head = span[:WINDOW]
    shifted = np.lib.stride_tricks.sliding_window_view(span, WINDOW)[SHORTEST:LONGEST]
    likeness = shifted @ head / np.sqrt((head @ head) * np.sum(shifted**2, axis=1) + 1e-9)
    if likeness.max() < VOICED:
        return 0
    # The first strong peak, not the highest: the highest may be two periods long.
    inner = likeness[1:-1]
    peaks = (inner >= likeness[:-2]) & (inner >= likeness[2:]) & (inner > 0.85 * likeness.max())
    return int(np.flatnonzero(peaks)[0]) + 1 + SHORTEST if peaks.any() else 0


def sex(f0_hz: float) -> str:
    return "F" if f0_hz > FEMALE_ABOVE_HZ else "M"
