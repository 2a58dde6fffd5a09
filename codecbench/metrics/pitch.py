"""Pitch of decoded against original, frame by frame, by SwiftF0 (the package `swift-f0`, its model in the wheel).

Frames of 16 ms; a frame is voiced where the model's confidence is at least 0.5, its authors' threshold. Definitions,
over frames of equal time (the signals are aligned, so there is no warping):

    gross pitch error = frames voiced in both whose F0 is off by more than 20 %, over frames voiced in both
    voicing error     = frames voiced in one of the two signals alone, over all frames
    F0 RMSE           = √(mean over frames voiced in both of (1200 log2 F0 decoded / F0 original)²), in cents

The first two are GPE and VDE of Chu and Alwan, "Reducing F0 frame error of F0 tracking algorithms under noisy
conditions", ICASSP 2009. F0 RMSE takes gross errors in, as papers on vocoders do: an octave is 1200 cents, so a few of
them decide it. Read it beside the gross pitch error.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score, Unavailable
from codecbench.metrics.packaged import model_id
from codecbench.metrics.pair import RATE, Signal, checked_pair, checked_signal

LOWEST_HZ, HIGHEST_HZ = 50.0, 600.0
"""Speaking voices, children's too. Our choice."""
VOICED = 0.5
GROSS = 0.2
FEWEST = 16
"""Frames: a quarter of a second."""

Pitch = NDArray[np.float64]
"""Hz for each frame, 0 where it is not voiced [frames of 16 ms]"""

PARAMETERS = {
    "model": model_id("swift-f0", "swift-f0"), "range_hz": [LOWEST_HZ, HIGHEST_HZ], "voiced": VOICED, "gross": GROSS,
    "fewest_frames": FEWEST,
}  # fmt: skip

RMSE_CARD = MetricCard(
    id="f0_rmse_cents",
    title="F0 RMSE",
    version="1",
    description="RMS error of the pitch in cents over frames that are voiced in original and decoded, gross ones too.",
    unit="cents",
    higher_is_better=False,
    low=0.0,
    band=(LOWEST_HZ, HIGHEST_HZ),
    parameters=PARAMETERS,
    digits=0,
    on_request=True,
)
GROSS_CARD = MetricCard(
    id="gross_pitch_error",
    title="GPE",
    long_title="gross pitch error",
    version="1",
    description="Of frames voiced in original and decoded, those whose pitch is off by more than 20 %.",
    higher_is_better=False,
    low=0.0,
    high=1.0,
    band=(LOWEST_HZ, HIGHEST_HZ),
    pooling="ratio",
    parameters=PARAMETERS,
    on_request=True,
)
VOICING_CARD = replace(
    GROSS_CARD,
    id="voicing_error",
    title="VDE",
    long_title="voicing decision error",
    description="Frames that are voiced in one of original and decoded alone, of all frames.",
)
CARDS = (RMSE_CARD, GROSS_CARD, VOICING_CARD)

LOW_PERCENT, HIGH_PERCENT = 5.0, 95.0
RANGE_CARD = MetricCard(
    id="f0_range",
    title="F0 range",
    version="1",
    description="Range of the pitch over voiced frames, its 5th to 95th percentile: monotonous or lively speech.",
    unit="semitones",
    low=0.0,
    band=(LOWEST_HZ, HIGHEST_HZ),
    parameters={name: PARAMETERS[name] for name in ("model", "range_hz", "voiced", "fewest_frames")}
    | {"percentiles": [LOW_PERCENT, HIGH_PERCENT]},
    digits=1,
    on_request=True,
    needs_reference=False,
)


class PitchErrors:
    """All three in one pass. Raises Unavailable without swift-f0.

    Abstains where the original has under 16 voiced frames (a quarter of a second); of the errors of pitch also where
    original and decoded have under 16 voiced in common.
    """

    def __init__(self) -> None:
        self._detector = _load()

    def prepare(self, reference: Audio) -> list[float]:
        """The original's pitch, as `pitch`."""
        return [float(hertz) for hertz in pitch(self._detector, checked_signal(reference, "reference"))]

    def score_all(self, sample: Sample) -> dict[str, Score | Abstain]:
        pair = checked_pair(sample)
        prepared = self.prepare(sample.reference) if sample.prepared is None else sample.prepared
        original, decoded = np.asarray(prepared, dtype=np.float64), pitch(self._detector, pair.decoded)
        if np.count_nonzero(original) < FEWEST:
            raise Abstain(f"the original has {np.count_nonzero(original)} voiced frames of 16 ms, needs {FEWEST}")
        both = (original > 0) & (decoded > 0)
        differ = int(np.count_nonzero((original > 0) != (decoded > 0)))
        scores: dict[str, Score | Abstain] = {VOICING_CARD.id: Score(float(differ), float(len(original)))}
        count = int(np.count_nonzero(both))
        if count < FEWEST:
            too_few = f"{count} frames of 16 ms are voiced in both signals, needs {FEWEST}"
            return scores | {card.id: Abstain(too_few) for card in (RMSE_CARD, GROSS_CARD)}
        quotient = decoded[both] / original[both]
        cents = 1200 * np.log2(quotient)
        gross = int(np.count_nonzero(np.abs(quotient - 1) > GROSS))
        rmse = float(np.sqrt(np.mean(np.square(cents))))
        scores[RMSE_CARD.id] = Score(rmse, detail={"frames": count, "median_cents": float(np.median(cents))})
        scores[GROSS_CARD.id] = Score(float(gross), float(count))
        return scores


class PitchRange:
    """12 log2 of the quotient of two percentiles of the decoded's pitch. Raises Unavailable without swift-f0.

    Abstains under 16 voiced frames.
    """

    def __init__(self) -> None:
        self._detector = _load()

    def prepare(self, reference: Audio) -> None:
        """Nothing is computed from the original alone."""

    def score(self, sample: Sample) -> Score:
        hertz = pitch(self._detector, checked_signal(sample.decoded, "decoded"))
        voiced = hertz[hertz > 0]
        if len(voiced) < FEWEST:
            raise Abstain(f"{len(voiced)} voiced frames of 16 ms, needs {FEWEST}")
        low, high = np.percentile(voiced, [LOW_PERCENT, HIGH_PERCENT])
        return Score(float(12 * np.log2(high / low)), detail={"median_hz": float(np.median(voiced))})


def pitch(detector: Any, signal: Signal) -> Pitch:
    """Of `signal` [samples] at 16 kHz, one frame for each whole 256 samples."""
    if not len(signal):
        return np.zeros(0)
    found = detector.detect(signal.astype(np.float32), RATE, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
    return np.where(found.confidence >= VOICED, found.pitch_hz, 0.0)


def _load() -> Any:
    try:
        from swift_f0 import SwiftF0
    except ImportError as error:
        raise Unavailable(f"pitch needs the package swift-f0 ({error}): pip install 'codecbench[f0]'") from error
    return SwiftF0(threads=1, spin=False)
