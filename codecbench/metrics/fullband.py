"""Distances of condition fb: at the original's own rate, over its whole band, channel by channel.

They are no figures of condition wb under another name: band, windows and scale differ, so do their ids.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, Sample, Score
from codecbench.metrics import si_sdr, spectral
from codecbench.metrics.pair import PairMetric, Signal, is_silent
from codecbench.metrics.spectral import MEL_SCALES, Spectra, mel_difference, power_difference

BAND = (0.0, 24000.0)
LSD_WINDOW, LSD_HOP = 2048, 512  # its hop is a quarter of every window's, as `spectral.Spectra` has it
"""As papers on full-band audio have them (AudioSR, Liu et al. 2023, section 4.2): 43 ms at 48 kHz."""
SHORTEST = 2048
"""Samples: one window."""

MEL_CARD = replace(
    spectral.MEL_CARD,
    id="mel_distance_fb",
    title="mel dist. fb",
    long_title="mel distance at the original's rate",
    description="Mean absolute difference of log10 mel power at the original's rate, summed over windows of 2048 and "
    "512, mean of the channels (zero-padded, no linear term: not the figure of DAC's evaluation).",
    band=BAND,
    conditions=("fb",),
)
LSD_CARD = replace(
    spectral.LSD_CARD,
    id="lsd_fb",
    title="LSD fb",
    long_title="LSD at the original's rate, in dB of power",
    description="Log-spectral distance at the original's rate: RMS over frequency of the difference in dB of power, "
    "mean over frames (2048 samples, hop 512) and channels.",
    band=BAND,
    conditions=("fb",),
    parameters={**spectral.LSD_CARD.parameters, "window": LSD_WINDOW, "hop": LSD_HOP},
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
        distances = [_distances(x, y, pair.sample_rate) for x, y in zip(pair.reference, pair.decoded, strict=True)]
        mel, lsd = np.mean(distances, axis=0)
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


def _distances(x: Signal, y: Signal, sample_rate: int) -> tuple[float, float]:
    """Mel distance and LSD of one channel."""
    spectra = {window: Spectra.of(x, y, window) for window in dict.fromkeys((*dict(MEL_SCALES), LSD_WINDOW))}
    mel = sum(mel_difference(spectra[window], window, bands, sample_rate) for window, bands in MEL_SCALES)
    return mel, power_difference(spectra[LSD_WINDOW], LSD_WINDOW)


def _si_sdr(pair: _Pair) -> Score | Abstain:
    reference, decoded = (
        (signal - signal.mean(axis=1, keepdims=True)).ravel() for signal in (pair.reference, pair.decoded)
    )
    if is_silent(decoded):
        return Abstain("the decoded signal is silent")
    try:
        return si_sdr.ratio(reference, decoded)
    except Abstain as reason:
        return reason
