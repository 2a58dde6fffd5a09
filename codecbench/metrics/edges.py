"""The first and the last 100 ms apart: clicks, cut words and padding that a decoder leaves at both ends.

The figure is a distance of spectra in dB: mean |Δ| of mel levels (40 Slaney bands, 32 ms every 5 ms) over the frames
that are centred in the first 100 ms, in the last 100 ms, or between them (`edge_inside`, which the other two are held
against). Levels end 60 dB below the original's loudest band, in both signals: an utterance begins and ends in near
silence, where differences that nobody hears would else decide. An error-to-signal ratio would call every codec that
keeps no waveform bad at its edges.
"""

from __future__ import annotations

import numpy as np

from codecbench.api import MetricCard, Sample, Score
from codecbench.metrics.mel import Spectrum, mel_magnitudes
from codecbench.metrics.pair import RATE, PairMetric, checked_pair

EDGE_S = 0.1
SHORTEST_S = 0.5
BANDS, WINDOW, HOP = 40, 512, 80
FLOOR_DB = 60.0
EDGE_FRAMES = round(EDGE_S * RATE / HOP)


def _card(part: str, title: str, where: str) -> MetricCard:
    return MetricCard(
        id=f"edge_{part}",
        title=title,
        version="1",
        description=f"Mean difference of mel levels {where}, audible ones alone (down to 60 dB below the loudest).",
        unit="dB",
        higher_is_better=False,
        low=0.0,
        parameters={"edge_s": EDGE_S, "bands": BANDS, "window": WINDOW, "hop": HOP, "floor_db": FLOOR_DB},
        on_request=True,
    )


CARDS = (
    _card("start", "first 100 ms", "in the first 100 ms"),
    _card("end", "last 100 ms", "in the last 100 ms"),
    _card("inside", "inside", "between the first and the last 100 ms"),
)


class Edges(PairMetric):
    """All three in one pass. Abstains where the original is silent, and under 0.5 s."""

    def score_all(self, sample: Sample) -> dict[str, Score]:
        pair = checked_pair(sample)
        pair.require_seconds(SHORTEST_S)
        pair.require_original()
        reference, decoded = (mel_magnitudes(signal, BANDS, WINDOW, HOP) for signal in (pair.reference, pair.decoded))
        floor = float(reference.max()) * 10 ** (-FLOOR_DB / 20)
        distances = np.abs(_levels(reference, floor) - _levels(decoded, floor)).mean(axis=1)  # [frames]
        parts = distances[:EDGE_FRAMES], distances[-EDGE_FRAMES:], distances[EDGE_FRAMES:-EDGE_FRAMES]
        return {card.id: Score(float(part.mean())) for card, part in zip(CARDS, parts, strict=True)}


def _levels(mel: Spectrum, floor: float) -> Spectrum:
    """dB [frames, bands]"""
    levels: Spectrum = 20 * np.log10(np.maximum(mel, floor))
    return levels
