"""What the classical codecs ask of their input: finite mono samples at the card's rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, CodecCard

SAMPLE_ERROR = "{codec} takes finite mono audio at {rate} Hz, got {what}"


def mono_samples(audio: Audio, card: CodecCard) -> NDArray[np.float32]:
    """The samples [samples] of `audio`. Raises ValueError where rate, channels or values do not fit the codec."""
    what = ""
    if audio.sample_rate != card.sample_rate:
        what = f"{audio.sample_rate} Hz"
    elif audio.channels != 1:
        what = f"{audio.channels} channels"
    elif audio.length == 0:
        what = "no sample"
    elif not np.isfinite(audio.samples).all():
        what = "NaN or infinity"
    if what:
        raise ValueError(SAMPLE_ERROR.format(codec=card.name, rate=card.sample_rate, what=what))
    samples: NDArray[np.float32] = audio.samples[0]
    return samples


def padded_frames(samples: NDArray[np.float32], frame: int, delay: int) -> NDArray[np.float32]:
    """`samples` in whole frames [frames, frame], with zeros behind them until the last has left a codec of `delay`.

    >>> padded_frames(np.ones(5, np.float32), 4, 3).shape
    (2, 4)
    """
    count = -(-(len(samples) + delay) // frame)
    padded = np.zeros((count, frame), dtype=np.float32)
    padded.reshape(-1)[: len(samples)] = samples
    return padded


def quantize(samples: NDArray[np.float32], bits: int) -> NDArray[np.int64]:
    """Integers of `bits` bits: x · 2^(bits-1) rounded to nearest (ties to even), clipped to the two's complement range.

    >>> quantize(np.float32([0.0, -1.0, 1.0, 2.0]), 16).tolist()
    [0, -32768, 32767, 32767]
    """
    scale = 1 << (bits - 1)
    return np.clip(np.rint(samples.astype(np.float64) * scale), -scale, scale - 1).astype(np.int64)
