"""Levels matched for listening: the louder of two signals is taken for the better one, so none may be louder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.levels import FRAME_S, frame_powers, is_active

SILENT = 1e-4
"""RMS, of full scale, under which there is nothing to match."""
LARGEST_DB = 20.0


@dataclass(frozen=True)
class Match:
    """The gain in dB that gives a decoded signal its original's level. `limited` where it would have clipped, or more
    than 20 dB were asked for; None where either is silent.
    """

    gain_db: float | None
    limited: bool = False

    @property
    def text(self) -> str:
        """`+1.3 dB`, with a minus sign for a minus."""
        if self.gain_db is None:
            return "not matched: silent"
        text = f"{abs(self.gain_db):.1f}"
        sign = "" if float(text) == 0 else "−" if self.gain_db < 0 else "+"
        return f"{sign}{text} dB{' (limited)' if self.limited else ''}"


def match_loudness(original: NDArray[np.float32], decoded: NDArray[np.float32], rate: int) -> Match:
    """The gain of `decoded` [samples] by RMS over the frames in which `original` [samples] speaks; `rate` in Hz."""
    length = min(len(original), len(decoded))
    if length < round(FRAME_S * rate):
        return Match(None)
    powers = [frame_powers(signal[:length], rate) for signal in (original, decoded)]
    active = is_active(powers[0])
    of_original, of_decoded = (float(np.sqrt(power[active].mean())) for power in powers)
    if min(of_original, of_decoded) < SILENT:
        return Match(None)
    asked = 20 * np.log10(of_original / of_decoded)
    headroom = -20 * np.log10(float(np.abs(decoded).max()))
    gain = float(np.clip(asked, -LARGEST_DB, min(LARGEST_DB, max(0.0, headroom))))
    return Match(gain, limited=bool(abs(gain - asked) > 0.05))
