"""The delay of a codec's output against its input, for the latency measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

from codecbench.api import Abstain

WAVEFORM_LIMIT = 0.3
ENVELOPE_LIMIT = 0.5
"""Below these normalized correlations a peak is no evidence: independent speech reaches about half of each."""

ENVELOPE_SECONDS = 0.005


@dataclass(frozen=True)
class Delay:
    """`samples` by which the output trails the input, and what showed it: the waveform, or (vocoders) its envelope."""

    samples: int
    method: Literal["waveform", "envelope", "declared"]


def codec_delay(
    inputs: Sequence[NDArray[np.float32]], outputs: Sequence[NDArray[np.float32]], reach: int, sample_rate: int
) -> Delay:
    """The lag, within ±`reach` samples, that best explains all pairs of input and output [samples] together.

    Raises:
        Abstain: neither waveforms nor envelopes correlate (a codec with random weights): declare the delay instead.
    """
    lag, peak = _best_lag(inputs, outputs, reach)
    if peak >= WAVEFORM_LIMIT:
        return Delay(lag, "waveform")
    sources = [envelope(signal, sample_rate) for signal in inputs]
    lag, envelope_peak = _best_lag(sources, [envelope(signal, sample_rate) for signal in outputs], reach)
    if envelope_peak >= ENVELOPE_LIMIT:
        return Delay(lag, "envelope")
    raise Abstain(
        f"the codec's delay cannot be found: input and output correlate by {peak:.2f} (waveform) and "
        f"{envelope_peak:.2f} (envelope), needed are {WAVEFORM_LIMIT} or {ENVELOPE_LIMIT}; "
        "state CodecCard.delay if it is known"
    )


def _best_lag(
    inputs: Sequence[NDArray[np.float32]], outputs: Sequence[NDArray[np.float32]], reach: int
) -> tuple[int, float]:
    summed = np.zeros(2 * reach + 1)
    for source, output in zip(inputs, outputs, strict=True):
        norm = float(np.linalg.norm(source) * np.linalg.norm(output)) or 1.0
        padded = np.pad(source.astype(np.float64), reach + max(0, len(output) - len(source)))
        full = correlate(output.astype(np.float64), padded, "full", method="fft") / norm
        zero = len(source) - 1 + reach + max(0, len(output) - len(source))
        summed += np.pad(full, reach)[zero : zero + 2 * reach + 1] / len(inputs)
    # Polarity is not the codec's delay: a codec that inverts is as aligned as one that does not.
    best = int(np.argmax(np.abs(summed)))
    return best - reach, float(abs(summed[best]))


def envelope(signal: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Of `signal` [samples], smoothed over some ms, without its mean."""
    window = np.hanning(max(3, round(2 * ENVELOPE_SECONDS * sample_rate)))
    smooth = np.convolve(np.abs(signal), window / window.sum(), "same")
    centred: NDArray[np.float32] = (smooth - smooth.mean()).astype(np.float32)
    return centred
