"""Delay of a decoded signal behind its reference: estimated per utterance, corrected by one constant per point.

The estimate is the generalized cross-correlation with phase transform (Knapp and Carter, IEEE Trans. ASSP 24(4), 1976),
the cross-spectrum whitened so that the correlation is a narrow peak where speech alone would give a pitch-wide one.
Two choices are ours. The whitening is regularized: bins far below the spectrum's average (silent bands above a codec's
cutoff) hold only rounding noise and are not raised to full weight. And the *magnitude* of the correlation is searched,
so that inverted polarity, which is never corrected, does not hide the delay.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np
import scipy
from numpy.typing import NDArray

from codecbench.api import Audio

OVERSAMPLING = 8
"""Grid of the correlation, per sample; a parabola through the peak does the rest."""

FLOOR = 1e-3
"""Cross-spectrum bins under this share of the mean magnitude lose their weight in proportion."""

DOMINANCE = 2.0
"""A clear peak is this many times as high as any other. Measured on real speech: Opus at 6 kbps 2.7 and more, white
noise 10 dB above the speech 4.8; Codec 2, which keeps no phase, 1.0 to 2.1 with a median of 1.1."""

PROMINENCE = 8.0
"""And this many times the RMS around it: noise alone reaches 4 to 5."""

SURROUNDINGS_S = 0.25
"""How far around zero (or as far as the bound, if that is more) a peak is compared with others."""

NEIGHBOURHOOD_S = 0.002
"""What lies this near to the peak belongs to it."""

QUANTUM_S = 1 / 16000
"""One sample at 16 kHz, the step of the constant delay: moving by whole samples filters nothing."""

LEAST_S = 0.001
"""A delay under this is not taken out. GCC-PHAT finds where the *band* is aligned, SI-SDR is decided where the energy
is, at low frequencies: shifts of up to 1.25 samples made from estimates moved SI-SDR of Opus by -1.1 to +2.1 dB."""

BLOCK = 16
"""So many utterances, the first of the dataset, fix the delay of a codec × point: more of them do not move it."""


def estimate_delay(reference: Audio, decoded: Audio, max_lag_s: float) -> float | None:
    """Seconds by which `decoded` is late (negative: early), within ±`max_lag_s`; None without a clear peak.

    Both are mono at one rate; lengths may differ. There is no clear peak in silence, in noise, in
    the output of a vocoder that keeps no phase, or where the true delay is outside the bound.

    Raises:
        ValueError: not mono, rates differ, or samples are NaN or infinite.
    """
    x, y = _samples(reference), _samples(decoded)
    if reference.sample_rate != decoded.sample_rate:
        raise ValueError(f"rates differ: reference {reference.sample_rate} Hz, decoded {decoded.sample_rate} Hz")
    if min(len(x), len(y)) < 2 or not x.any() or not y.any():
        return None
    step = 1 / (reference.sample_rate * OVERSAMPLING)
    correlation = _phase_correlation(x, y, math.ceil(max(max_lag_s, SURROUNDINGS_S) / step))
    centre = len(correlation) // 2
    bound = min(math.floor(max_lag_s / step + 0.5), centre - 1)
    peak = centre - bound + int(np.argmax(correlation[centre - bound : centre + bound + 1]))
    if not _is_clear(correlation, peak, round(NEIGHBOURHOOD_S / step)):
        return None
    delay = (peak - centre + _parabola(correlation, peak)) * step
    return max(-max_lag_s, min(max_lag_s, delay))


def constant_delay(estimates: Sequence[float | None], quantum_s: float = QUANTUM_S) -> float:
    """The one delay of a codec × point in seconds: the median of the estimates there are, in whole `quantum_s`.

    0.0, no correction, where the median is under `LEAST_S`, and where fewer than half of the utterances have an
    estimate: the odd one out among signals without a clear delay is chance.

    >>> constant_delay([0.0101, None, 0.01, 0.5])
    0.010125
    >>> constant_delay([0.0101, None, None]), constant_delay([0.0009, -0.0002])
    (0.0, 0.0)
    """
    delays = [estimate for estimate in estimates if estimate is not None]
    if not delays or 2 * len(delays) < len(estimates):
        return 0.0
    delay = median(delays)
    return round(delay / quantum_s) * quantum_s if abs(delay) >= LEAST_S else 0.0


def shift(audio: Audio, delay_s: float) -> Audio:
    """`audio` advanced by `delay_s` (delayed if negative), same length; what moves in is zeros.

    Whole samples are moved as they are. A fraction is a phase ramp over a zero-padded spectrum: band-limited and exact.
    """
    samples = delay_s * audio.sample_rate
    whole = round(samples)
    fraction = samples - whole
    moved = _move(audio.samples, whole)
    # Below this the phase ramp is under 24-bit rounding, and bit-exactness is worth more.
    if abs(fraction) > 1e-6:
        moved = _move_fraction(moved, fraction)
    return Audio(moved, audio.sample_rate)


def _samples(audio: Audio) -> NDArray[np.float64]:
    if audio.channels != 1:
        raise ValueError(f"delay is estimated on one channel, got {audio.channels}")
    if not np.isfinite(audio.samples).all():
        raise ValueError("delay cannot be estimated: NaN or infinite samples")
    samples: NDArray[np.float64] = audio.samples[0].astype(np.float64)
    return samples


def _phase_correlation(x: NDArray[np.float64], y: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """|GCC-PHAT| at lags from -`reach` to `reach` in steps of 1/OVERSAMPLING sample (fewer for short signals)."""
    size = scipy.fft.next_fast_len(len(x) + len(y), real=True)
    # The mean would correlate at every lag.
    cross = scipy.fft.rfft(y - y.mean(), size) * np.conj(scipy.fft.rfft(x - x.mean(), size))
    magnitude = np.abs(cross)
    weights = 1 / (magnitude + FLOOR * magnitude.mean() + np.finfo(float).tiny)
    correlation: NDArray[np.float64] = np.abs(scipy.fft.irfft(cross * weights, size * OVERSAMPLING))
    reach = min(reach, len(correlation) // 2 - 1)
    around: NDArray[np.float64] = np.concatenate([correlation[-reach:], correlation[: reach + 1]])
    return around


def _is_clear(correlation: NDArray[np.float64], peak: int, width: int) -> bool:
    height = correlation[peak]
    others = np.concatenate([correlation[: max(0, peak - width)], correlation[peak + width + 1 :]])
    if not len(others) or not height > 0:
        return False
    return bool(height >= DOMINANCE * others.max() and height >= PROMINENCE * np.sqrt(np.mean(others**2)))


def _parabola(correlation: NDArray[np.float64], peak: int) -> float:
    """Offset of the true maximum from a grid point, in grid steps, within ±0.5."""
    left, middle, right = correlation[peak - 1 : peak + 2]
    curvature = left - 2 * middle + right
    if curvature >= 0:
        return 0.0
    return float(np.clip((left - right) / (2 * curvature), -0.5, 0.5))


def _move(samples: NDArray[np.float32], whole: int) -> NDArray[np.float32]:
    """[channels, samples] advanced by `whole` samples."""
    length = samples.shape[1]
    kept = samples[:, max(0, whole) : length + min(0, whole)] if abs(whole) < length else samples[:, :0]
    before = min(length, max(0, -whole))
    return np.pad(kept, ((0, 0), (before, length - before - kept.shape[1])))


def _move_fraction(samples: NDArray[np.float32], fraction: float) -> NDArray[np.float32]:
    length = samples.shape[1]
    # Room for the interpolator's tails, so that the end does not ring into the beginning.
    size = scipy.fft.next_fast_len(2 * length + 1024, real=True)
    spectrum = scipy.fft.rfft(samples.astype(np.float64), size, axis=1)
    ramp = np.exp(2j * np.pi * fraction * np.arange(spectrum.shape[1]) / size)
    moved: NDArray[np.float32] = scipy.fft.irfft(spectrum * ramp, size, axis=1)[:, :length].astype(np.float32)
    return moved
