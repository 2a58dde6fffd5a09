"""The length of what a decoder returns: what may be missing, what is cut, and whether what is cut holds sound.

Everything after the original's length is cut before any metric, and so is what its own delay puts before the original's
beginning: what a codec says there, nobody scores. So it must be silence, but for what the frame and the look-ahead of
the operating point explain.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio
from codecbench.store.rows import CUT_FLOOR_DB, CUT_SOUND_DB, CUT_WINDOW_S

MAX_MISSING_S = 0.05
SILENT_RMS = 1e-5
"""-100 dB re full scale: beside an output under it (digital silence) anything above is sound."""


def check_length(decoded: Audio, length: int, slack: int, method: str) -> None:
    """`decoded` against the `length` of the original; `slack` is frame + look-ahead, all in samples.

    Raises:
        ValueError: too short by more than the slack (or 50 ms), or longer by more and it is sound that is too much.
    """
    rate = decoded.sample_rate
    shortest = length - max(slack, round(MAX_MISSING_S * rate))
    if decoded.length < shortest:
        raise ValueError(f"{method} returned {decoded.length} samples for {length}; allowed: {shortest} or more")
    level = _relative_db(decoded.samples[:, length + slack :], decoded.samples[:, :length], rate)
    if level is not None and level > CUT_SOUND_DB:
        raise ValueError(
            f"{method} returned {decoded.length} samples for {length} with sound after the end: more than frame and "
            f"look-ahead ({slack} samples) behind it, at {level:+.0f} dB re the loudest 20 ms before; allowed there: "
            f"under {CUT_SOUND_DB:.0f} dB; return what was encoded, or declare the look-ahead on the card"
        )


def cut_level_db(decoded: Audio, length: int, lead: int = 0) -> float | None:
    """The loudest 20 ms of what is cut of `decoded` in dB re the loudest of what is kept, no less than CUT_FLOOR_DB.

    Kept are `length` samples, from sample `lead` on. None where less than 20 ms are cut, at either end.
    """
    kept = decoded.samples[:, lead : lead + length]
    cut = (decoded.samples[:, :lead], decoded.samples[:, lead + length :])
    levels = [level for part in cut if (level := _relative_db(part, kept, decoded.sample_rate)) is not None]
    return max(levels, default=None)


def _relative_db(cut: NDArray[np.float32], kept: NDArray[np.float32], rate: int) -> float | None:
    """Loudest window of `cut` re that of `kept`, both [channels, samples]; None where `cut` is under a window."""
    window = round(CUT_WINDOW_S * rate)
    if cut.shape[1] < window:
        return None
    loudest, beside = max(_levels(cut, window)), max(_levels(kept, window), default=0.0)
    return 20 * math.log10(max(loudest / max(beside, SILENT_RMS), 10 ** (CUT_FLOOR_DB / 20)))


def _levels(signal: NDArray[np.float32], window: int) -> Iterator[float]:
    """RMS over all channels of each whole window, and of the last `window` samples."""
    starts = [*range(0, signal.shape[1] - window + 1, window), max(0, signal.shape[1] - window)]
    for start in starts if signal.size else ():
        yield float(np.sqrt(np.mean(np.square(signal[:, start : start + window], dtype=np.float64))))
