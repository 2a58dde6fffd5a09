"""Mel-cepstral distortion in dB (Kubichek, "Mel-cepstral distance measure for objective speech quality assessment",
IEEE Pacific Rim 1993):

    MCD = mean over frames of (10 / ln 10) √(2 Σ_{d=1..24} (c_d − c'_d)²),

c the cosine series of the log amplitude over the mel axis, ln A(m) = Σ_d c_d cos(π d (m + ½) / M), c_0 (the level) left
out. So it is the RMS, over the mel axis, of the difference of the smoothed spectra in dB. Our choices: 80 mel bands
(Slaney) of Hann windows of 32 ms every 5 ms; frames in which the original is active (within 40 dB of its loudest); a
floor 80 dB below each signal's own loudest band. No dynamic time warping: the signals are aligned, and warping would
hide what a decoder does to time. Figures of other tools (SPTK's mel-generalized cepstra, MFCCs) are on other scales.
"""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import NDArray

from codecbench.api import MetricCard, Sample, Score
from codecbench.metrics.mel import Spectrum, mel_magnitudes
from codecbench.metrics.pair import PairMetric, checked_pair

ORDER = 24
BANDS = 80
WINDOW, HOP = 512, 80
ACTIVE_DB, FLOOR_DB = 40.0, 80.0
SHORTEST_S = 0.1
LEAST = 1e-9
"""A mel amplitude that is no sound's."""

CARD = MetricCard(
    id="mcd",
    title="MCD",
    long_title="mel-cepstral distortion",
    version="1",
    description="Mel-cepstral distortion of order 24 without the level (Kubichek 1993), over the original's active "
    "frames, without time warping.",
    unit="dB",
    higher_is_better=False,
    low=0.0,
    parameters={
        "order": ORDER, "bands": BANDS, "window": WINDOW, "hop": HOP, "active_db": ACTIVE_DB, "floor_db": FLOOR_DB,
    },
    on_request=True,
)  # fmt: skip


class MelCepstralDistortion(PairMetric):
    """0 for a copy at any level. Abstains where the original is silent, and under 0.1 s."""

    def score(self, sample: Sample) -> Score:
        pair = checked_pair(sample)
        pair.require_seconds(SHORTEST_S)
        pair.require_original()
        reference, decoded = (mel_magnitudes(signal, BANDS, WINDOW, HOP) for signal in (pair.reference, pair.decoded))
        levels = np.square(reference).sum(axis=1)
        active = levels >= levels.max() * 10 ** (-ACTIVE_DB / 10)
        difference = _cepstra(reference, active) - _cepstra(decoded, active)
        distortions = 10 / math.log(10) * np.sqrt(2 * np.square(difference).sum(axis=1))
        return Score(float(distortions.mean()), detail={"frames": int(active.sum())})


def _cepstra(mel: Spectrum, active: NDArray[np.bool_]) -> Spectrum:
    """c_1 to c_24 of the active frames [frames, 24]. Of digital silence all are 0."""
    floor = max(float(mel.max()), LEAST) * 10 ** (-FLOOR_DB / 20)
    series: Spectrum = scipy.fft.dct(np.log(np.maximum(mel[active], floor)), type=2, axis=1) / BANDS
    return series[:, 1 : ORDER + 1]
