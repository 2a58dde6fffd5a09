"""Short-time spectra and mel filters, as the metrics that need them define them."""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

from codecbench.metrics.pair import RATE

Spectrum = NDArray[np.float64]
"""[frames, bins]"""


def magnitudes(signal: NDArray[np.float64], window: int, hop: int) -> Spectrum:
    """Magnitudes [frames, window/2 + 1] of frames centred on every `hop`-th sample.

    Periodic Hann window, zeros beyond both ends, no scaling.
    """
    padded = np.pad(signal, window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]  # [frames, window]
    spectrum: Spectrum = np.abs(scipy.fft.rfft(frames * hann(window), axis=1))
    return spectrum


@cache
def hann(length: int) -> NDArray[np.float64]:
    """The periodic Hann window [length]."""
    window: NDArray[np.float64] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    return window


@cache
def mel_filters(count: int, window: int, sample_rate: int = RATE) -> NDArray[np.float64]:
    """Triangular filters [count, window/2 + 1] from 0 Hz to Nyquist, each of unit area in Hz.

    Slaney's mel scale (Auditory Toolbox, Interval Research 1998-010): 3 per 200 Hz up to 1 kHz, then 27 per factor of
    6.4. This is librosa's default.
    """
    edges = _hz(np.linspace(0.0, _mel(sample_rate / 2), count + 2))
    bins = np.arange(window // 2 + 1) * sample_rate / window
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    filters: NDArray[np.float64] = triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return filters


def mel_magnitudes(signal: NDArray[np.float64], bands: int, window: int, hop: int) -> Spectrum:
    """Of a signal at 16 kHz [frames, bands]: `magnitudes` through `mel_filters`."""
    mel: Spectrum = magnitudes(signal, window, hop) @ mel_filters(bands, window).T
    return mel


KNEE_HZ, KNEE_MEL = 1000.0, 15.0
LOG_STEP = np.log(6.4) / 27.0


def _mel(hz: float) -> float:
    return hz * 3 / 200 if hz < KNEE_HZ else KNEE_MEL + float(np.log(hz / KNEE_HZ)) / LOG_STEP


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    curved = KNEE_HZ * np.exp(LOG_STEP * (np.maximum(mel, KNEE_MEL) - KNEE_MEL))
    return np.where(mel < KNEE_MEL, mel * 200 / 3, curved)
