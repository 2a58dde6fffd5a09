"""What every recognizer here takes in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio

RATE = 16000


def checked_samples(audio: Audio) -> NDArray[np.float32]:
    """The samples [samples] of mono audio at 16 kHz. Raises ValueError for any other, and for NaN or infinity."""
    if audio.channels != 1 or audio.sample_rate != RATE:
        raise ValueError(f"the recognizer takes mono at {RATE} Hz, got {audio.channels} at {audio.sample_rate} Hz")
    if not np.isfinite(audio.samples).all():
        raise ValueError("the recognizer was given NaN or infinite samples")
    samples: NDArray[np.float32] = audio.samples[0]
    return samples
