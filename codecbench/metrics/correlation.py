"""Correlation of the two waveforms: the one score that sees polarity. Blind to gain, merciless to delay and phase."""

from __future__ import annotations

import math

import numpy as np

from codecbench.api import Abstain, MetricCard, Sample, Score
from codecbench.metrics.pair import PairMetric, checked_pair

CARD = MetricCard(
    id="correlation",
    title="correl.",
    version="1",
    description="Cosine of the waveforms: 1 for scaled copies, -1 for inverted ones, about 0 where phase is free.",
    higher_is_better=True,
    low=-1.0,
    high=1.0,
)


class Correlation(PairMetric):
    """Σ x y / √(Σ x² Σ y²) at no lag, of the delay-compensated signals. Abstains where either is silent."""

    def score(self, sample: Sample) -> Score:
        pair = checked_pair(sample)
        energies = float(np.dot(pair.reference, pair.reference)) * float(np.dot(pair.decoded, pair.decoded))
        if energies == 0.0:
            raise Abstain("silence has no polarity")
        return Score(float(np.dot(pair.reference, pair.decoded)) / math.sqrt(energies))
