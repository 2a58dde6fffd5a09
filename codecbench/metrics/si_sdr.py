"""Scale-invariant signal-to-distortion ratio (Le Roux, Wisdom, Erdogan and Hershey, ICASSP 2019, eq. 2 and 3)."""

from __future__ import annotations

import math

import numpy as np

from codecbench.api import Abstain, MetricCard, Sample, Score
from codecbench.metrics.pair import PairMetric, Signal, checked_pair

HIGHEST_DB = 140.0
"""Above it the residual is rounding of the float32 samples (24-bit audio of full scale has about 146 dB)."""

CARD = MetricCard(
    id="si_sdr",
    title="SI-SDR",
    version="1",
    description="Waveform fidelity, blind to gain: energy of what is the reference over energy of what is not.",
    unit="dB",
    higher_is_better=True,
    high=HIGHEST_DB,
    parameters={"zero_mean": True},
)


class SiSdr(PairMetric):
    """Both signals lose their mean first. Blind to gain and polarity, merciless to delay and phase.

    Identical signals (or scaled copies) have no finite ratio: Abstain, since any number would be made up.
    """

    def score(self, sample: Sample) -> Score:
        pair = checked_pair(sample)
        pair.require_sound()
        return ratio(pair.reference - pair.reference.mean(), pair.decoded - pair.decoded.mean())


def ratio(reference: Signal, decoded: Signal) -> Score:
    """Of two signals without their means, neither of them silent. Raises Abstain where it is infinite."""
    target = reference * (np.dot(decoded, reference) / np.dot(reference, reference))
    residual = decoded - target
    wanted, unwanted = float(np.dot(target, target)), float(np.dot(residual, residual))
    if wanted == 0.0:
        raise Abstain("the decoded signal is orthogonal to the original: SI-SDR is minus infinity")
    if unwanted <= wanted * 10 ** (-HIGHEST_DB / 10):
        raise Abstain("identical signals but for a gain: SI-SDR is infinite", perfect=True)
    return Score(10 * math.log10(wanted / unwanted))
