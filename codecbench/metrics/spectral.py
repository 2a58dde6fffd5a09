"""Distances between log spectra: mel distance and log-spectral distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from codecbench.api import MetricCard, Sample, Score
from codecbench.metrics.mel import Spectrum, magnitudes, mel_filters
from codecbench.metrics.pair import RATE, Pair, PairMetric, Signal, checked_pair

MEL_SCALES = ((2048, 150), (512, 80))
"""Window in samples (hop a quarter of it) and mel bands: the defaults of DAC's evaluation (descriptinc/
descript-audio-codec, scripts/evaluate.py and MelSpectrogramLoss). Here at 16 kHz, padded with zeros and without its
linear term: 17 to 42 % above what that script prints of the same audio."""

MEL_FLOOR = 1e-5
"""Of the unscaled mel magnitude, in the same defaults: about 130 dB under full scale."""

LSD_WINDOW, LSD_HOP = 512, 128
"""Those of the second mel scale: its spectra serve both."""

LSD_FLOOR_DB = -100.0
"""Of a bin's power re a full-scale sine. Without a floor digital silence against rounding noise would decide."""

SHORTEST_S = 0.128
"""One long window."""

MEL_CARD = MetricCard(
    id="mel_distance",
    title="mel dist. 16k",
    long_title="mel distance at 16 kHz",
    version="1",
    description="Mean absolute difference of log10 mel power at 16 kHz, summed over windows of 2048 and 512 "
    "(zero-padded, no linear term: not the figure of DAC's evaluation).",
    higher_is_better=False,
    low=0.0,
    parameters={"scales": [list(scale) for scale in MEL_SCALES], "floor": MEL_FLOOR, "log": 10},
)

LSD_CARD = MetricCard(
    id="lsd",
    title="LSD",
    long_title="LSD in dB of power",
    version="1",
    description="Log-spectral distance: RMS over frequency of the difference in dB of power, mean over frames "
    "(512 samples, hop 128).",
    unit="dB",
    higher_is_better=False,
    low=0.0,
    parameters={"window": LSD_WINDOW, "hop": LSD_HOP, "floor_db": LSD_FLOOR_DB},
)

CARDS = (MEL_CARD, LSD_CARD)
"""Of `SpectralDistances`, in the order of registration."""


class SpectralDistances(PairMetric):
    """Mel distance: Σ over scales of mean |log10 M(x)² − log10 M(y)²| over bands and frames; M: mel magnitude, floored.

    LSD: mean over frames of √(mean over bins of (P(x) − P(y))²); P: power in dB, floored (Gray and Markel, 1976).
    The spectra of the shorter window are computed once for both.
    """

    def score_all(self, sample: Sample) -> dict[str, Score]:
        pair = _usable_pair(sample)
        spectra = {window: Spectra.of(pair.reference, pair.decoded, window) for window, _ in MEL_SCALES}
        mel = sum(mel_difference(spectra[window], window, bands) for window, bands in MEL_SCALES)
        return {MEL_CARD.id: Score(mel), LSD_CARD.id: Score(power_difference(spectra[LSD_WINDOW], LSD_WINDOW))}


@dataclass(frozen=True, eq=False)
class Spectra:
    """Magnitudes of one window, its hop a quarter of it."""

    reference: Spectrum
    decoded: Spectrum

    @classmethod
    def of(cls, reference: Signal, decoded: Signal, window: int) -> Self:
        return cls(*(magnitudes(signal, window, window // 4) for signal in (reference, decoded)))


def _usable_pair(sample: Sample) -> Pair:
    """A silent decoded signal is as far away as the floor says; a silent original leaves nothing to be away from."""
    pair = checked_pair(sample)
    pair.require_seconds(SHORTEST_S)
    pair.require_original()
    return pair


def mel_difference(spectra: Spectra, window: int, bands: int, sample_rate: int = RATE) -> float:
    """Mean |Δ log10 of the squared mel magnitude| over bands and frames."""
    filters = mel_filters(bands, window, sample_rate).T
    reference, decoded = (_log_mel(spectrum @ filters) for spectrum in (spectra.reference, spectra.decoded))
    return float(np.abs(reference - decoded).mean())


def _log_mel(mel: Spectrum) -> Spectrum:
    """log10 of the squared mel magnitudes [frames, bands]."""
    logarithms: Spectrum = 2 * np.log10(np.maximum(mel, MEL_FLOOR))
    return logarithms


def power_difference(spectra: Spectra, window: int) -> float:
    """RMS over bins of the difference in dB, mean over frames."""
    reference, decoded = (_power_db(spectrum, window) for spectrum in (spectra.reference, spectra.decoded))
    return float(np.sqrt(np.square(reference - decoded).mean(axis=1)).mean())


def _power_db(spectrum: Spectrum, window: int) -> Spectrum:
    """Power per bin in dB re a full-scale sine [frames, bins]."""
    amplitude = spectrum / (window / 4)  # a Hann window's sum is half its length
    power: Spectrum = 20 * np.log10(np.maximum(amplitude, 10 ** (LSD_FLOOR_DB / 20)))
    return power
