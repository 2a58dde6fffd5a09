"""Eight voices out of five style vectors.

A Kokoro style vector has two halves: the first conditions the decoder (timbre), the second the predictor of duration,
pitch and energy (prosody). Blending each half on its own, with convex weights, gives voices that are further apart than
blends of whole vectors are: a male prosody under a female timbre is a third person, not a mean of two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TIMBRE = slice(0, 128)
PROSODY = slice(128, 256)

Blend = dict[str, float]  # style name -> weight; the weights sum to 1


@dataclass(frozen=True)
class Voice:
    id: str
    timbre: Blend
    prosody: Blend
    speed: float
    level_offset_db: float  # people differ in loudness; a benchmark should not see one level only

    def style(self, styles: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """`[lengths, 256]`: one style vector for each length of the phoneme string."""
        blended = np.zeros_like(next(iter(styles.values())))
        for half, blend in ((TIMBRE, self.timbre), (PROSODY, self.prosody)):
            for name, weight in blend.items():
                blended[:, half] += np.float32(weight) * styles[name][:, half]
        return blended


ALPHA, GON, NEZUMI, TEBUKURO, KUMO = "jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo"

VOICES = (
    Voice("syn-v1", {ALPHA: 1.0}, {GON: 0.75, KUMO: 0.25}, 1.05, 0.0),
    Voice("syn-v2", {GON: 1.0}, {NEZUMI: 0.85, KUMO: 0.15}, 1.10, -1.0),
    Voice("syn-v3", {TEBUKURO: 0.8, ALPHA: 0.2}, {GON: 0.5, ALPHA: 0.2, KUMO: 0.3}, 1.08, 1.0),
    Voice("syn-v4", {KUMO: 0.8, ALPHA: 0.2}, {ALPHA: 0.7, KUMO: 0.3}, 1.00, -1.5),
    Voice("syn-v5", {KUMO: 1.0}, {KUMO: 1.0}, 1.05, 0.5),
    Voice("syn-v6", {KUMO: 0.6, ALPHA: 0.4}, {KUMO: 0.85, ALPHA: 0.15}, 1.05, 1.5),
    Voice("syn-v7", {ALPHA: 1.0}, {KUMO: 0.9, NEZUMI: 0.1}, 1.02, -0.5),
    Voice("syn-v8", {GON: 1.0}, {KUMO: 0.75, GON: 0.25}, 1.10, 0.0),
)
