"""What the alignment of the harness would hide: delay and level of one utterance."""

from __future__ import annotations

import math

import numpy as np

from codecbench.alignment import estimate_delay
from codecbench.api import Abstain, MetricCard, Sample, Score
from codecbench.metrics.pair import RATE, PairMetric, Signal, checked_pair, checked_signal

MAX_LAG_S = 0.5
"""More than the frame plus look-ahead of any codec at hand (DAC: 0.386 s)."""

FRAME = 480
"""Samples: 30 ms."""

ACTIVE_DB = 40.0
"""Frames of the original within this of its loudest count as active, as in STOI (Taal et al., 2011)."""

DELAY_CARD = MetricCard(
    id="delay_ms",
    title="delay",
    version="1",
    description="This utterance's own delay before any correction, by GCC-PHAT; positive is late.",
    unit="ms",
    low=-1000 * MAX_LAG_S,
    high=1000 * MAX_LAG_S,
    parameters={"max_lag_s": MAX_LAG_S},
)

LEVEL_CARD = MetricCard(
    id="level_error_db",
    title="level",
    version="1",
    description="Level of the decoded over the original where the original is active; 0 is right.",
    unit="dB",
    parameters={"frame": FRAME, "active_db": ACTIVE_DB},
)


class RemainingDelay(PairMetric):
    """Delay of the decoded signal as the codec gave it. Abstains without a clear peak (vocoders, silence)."""

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        checked_signal(sample.raw, "decoded, uncorrected")
        delay = estimate_delay(sample.reference, sample.raw, MAX_LAG_S)
        if delay is None:
            raise Abstain("no clear peak in the cross-correlation: the decoded signal keeps too little of the waveform")
        return Score(1000 * delay)


class LevelError(PairMetric):
    """Energy ratio in dB over the active frames of the original."""

    def score(self, sample: Sample) -> Score:
        pair = checked_pair(sample)
        pair.require_seconds(FRAME / RATE)
        pair.require_sound()
        reference, decoded = _energies(pair.reference), _energies(pair.decoded)
        active = reference >= reference.max() * 10 ** (-ACTIVE_DB / 10)
        before, after = float(reference[active].sum()), float(decoded[active].sum())
        if after == 0.0:
            raise Abstain("the decoded signal is silent wherever the original is active")
        return Score(10 * math.log10(after / before), detail={"active_frames": int(active.sum())})


def _energies(signal: Signal) -> Signal:
    """Energy per frame [frames]; an incomplete last frame is left out."""
    frames = len(signal) // FRAME
    energies: Signal = np.square(signal[: frames * FRAME]).reshape(frames, FRAME).sum(axis=1)
    return energies
