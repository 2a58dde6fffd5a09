"""Distances of condition fb: at the original's own rate, over its whole band, channel by channel.

They are no figures of condition wb under another name: band, windows and scale differ, so do their ids.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score
from codecbench.metrics import si_sdr
from codecbench.metrics.mel import magnitudes, mel_filters
from codecbench.metrics.pair import PairMetric, is_silent
from codecbench.metrics.spectral import LSD_FLOOR_DB, MEL_FLOOR, MEL_SCALES

BAND = (0.0, 24000.0)
LSD_WINDOW, LSD_HOP = 2048, 512
"""As papers on full-band audio have them (AudioSR, Liu et al. 2023, section 4.2): 43 ms at 48 kHz."""
SHORTEST = 2048
"""Samples: one window."""

MEL_CARD = MetricCard(
    id="mel_distance_fb",
    title="mel dist. fb",
    long_title="mel distance at the original's rate",
    version="1",
    description="Mean absolute difference of log10 mel power at the original's rate, summed over windows of 2048 and "
    "512, mean of the channels (zero-padded, no linear term: not the figure of DAC's evaluation).",
    higher_is_better=False,
    low=0.0,
    band=BAND,
    conditions=("fb",),
    parameters={"scales": [list(scale) for scale in MEL_SCALES], "floor": MEL_FLOOR, "log": 10},
)
LSD_CARD = MetricCard(
    id="lsd_fb",
    title="LSD fb",
    long_title="LSD at the original's rate, in dB of power",
    version="1",
    description="Log-spectral distance at the original's rate: RMS over frequency of the difference in dB of power, "
    "mean over frames (2048 samples, hop 512) and channels.",
    unit="dB",
    higher_is_better=False,
    low=0.0,
    band=BAND,
    conditions=("fb",),
    parameters={"window": LSD_WINDOW, "hop": LSD_HOP, "floor_db": LSD_FLOOR_DB},
)
SI_SDR_CARD = replace(
    si_sdr.CARD,
    id="si_sdr_fb",
    title="SI-SDR fb",
    long_title="SI-SDR at the original's rate",
    description="Waveform fidelity at the original's rate, blind to gain: energy of what is the reference over energy "
    "of what is not, one gain for all channels.",
    band=BAND,
    conditions=("fb",),
    parameters={"zero_mean": True, "channels": "one gain"},
)
CARDS = (MEL_CARD, LSD_CARD, SI_SDR_CARD)
"""Of `FullBand`, in the order of registration."""

Channels = NDArray[np.float64]
"""[channels, samples]"""


@dataclass(frozen=True, eq=False)
class _Pair:
    reference: Channels
    decoded: Channels
    sample_rate: int


class FullBand(PairMetric):
    """`mel_distance_fb`, `lsd_fb`: as `codecbench.metrics.spectral` defines them, of each channel, their mean.

    `si_sdr_fb`: as `codecbench.metrics.si_sdr`, of all channels as one vector, each without its mean: what moves in the
    stereo image is not the reference.
    """

    def score_all(self, sample: Sample) -> dict[str, Score | Abstain]:
        pair = _checked(sample)
        per_channel = list(zip(pair.reference, pair.decoded, strict=True))
        mel = np.mean([_mel(x, y, pair.sample_rate) for x, y in per_channel])
        lsd = np.mean([_lsd(x, y) for x, y in per_channel])
        return {MEL_CARD.id: Score(float(mel)), LSD_CARD.id: Score(float(lsd)), SI_SDR_CARD.id: _si_sdr(pair)}


def _checked(sample: Sample) -> _Pair:
    """Raises Abstain for what is silent or too short, ValueError for what a harness must not give."""
    reference, decoded = (_samples(audio) for audio in (sample.reference, sample.decoded))
    rate = sample.reference.sample_rate
    if reference.shape != decoded.shape or rate != sample.decoded.sample_rate:
        raise ValueError(
            f"original [{reference.shape}] at {rate} Hz and decoded [{decoded.shape}] at {sample.decoded.sample_rate} "
            "Hz do not fit"
        )
    if reference.shape[1] < SHORTEST:
        raise Abstain(f"too short: {reference.shape[1]} samples, needs {SHORTEST}")
    if is_silent(reference.ravel()):
        raise Abstain("the original is silent")
    return _Pair(reference, decoded, rate)


def _samples(audio: Audio) -> Channels:
    if not np.isfinite(audio.samples).all():
        raise ValueError("NaN or infinite samples")
    samples: Channels = audio.samples.astype(np.float64)
    return samples


def _mel(x: NDArray[Any], y: NDArray[Any], sample_rate: int) -> float:
    total = 0.0
    for window, bands in MEL_SCALES:
        filters = mel_filters(bands, window, sample_rate).T
        logs = [np.log10(np.maximum(magnitudes(one, window, window // 4) @ filters, MEL_FLOOR)) for one in (x, y)]
        total += 2 * float(np.abs(logs[0] - logs[1]).mean())
    return total


def _lsd(x: NDArray[Any], y: NDArray[Any]) -> float:
    floor = 10 ** (LSD_FLOOR_DB / 20)
    # A Hann window's sum is half its length: 0 dB is a full-scale sine.
    spectra = [magnitudes(one, LSD_WINDOW, LSD_HOP) / (LSD_WINDOW / 4) for one in (x, y)]
    decibels = [20 * np.log10(np.maximum(spectrum, floor)) for spectrum in spectra]
    return float(np.sqrt(np.square(decibels[0] - decibels[1]).mean(axis=1)).mean())


def _si_sdr(pair: _Pair) -> Score | Abstain:
    reference, decoded = (
        (signal - signal.mean(axis=1, keepdims=True)).ravel() for signal in (pair.reference, pair.decoded)
    )
    if is_silent(decoded):
        return Abstain("the decoded signal is silent")
    target = reference * (np.dot(decoded, reference) / np.dot(reference, reference))
    wanted, unwanted = (float(np.dot(one, one)) for one in (target, decoded - target))
    if wanted == 0.0:
        return Abstain("the decoded signal is orthogonal to the original: SI-SDR is minus infinity")
    if unwanted <= wanted * 10 ** (-si_sdr.HIGHEST_DB / 10):
        return Abstain("identical signals but for a gain: SI-SDR is infinite", perfect=True)
    return Score(10 * math.log10(wanted / unwanted))
