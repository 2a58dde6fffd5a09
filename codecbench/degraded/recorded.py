"""Noise from recordings of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codecbench.audio import source_signal

TRIES = 20
"""Excerpts that are drawn before recordings count as silent."""


def excerpt(files: Sequence[Path], length: int, g: np.random.Generator) -> NDArray[np.float64]:
    """`length` samples at 16 kHz of one of `files`, from somewhere on, round and round where it is shorter.

    Raises:
        UnusableAudio: the file cannot be used.
        ValueError: wherever one looks there is digital silence.
    """
    for _ in range(TRIES):
        samples = _samples(files[int(g.integers(len(files)))])
        if len(samples):
            part = np.take(samples, np.arange(length) + g.integers(len(samples)), mode="wrap").astype(np.float64)
            if part.any() or not length:
                return part
    raise ValueError(f"{TRIES} excerpts of the recordings of --noise are digital silence")


@lru_cache(maxsize=8)
def _samples(path: Path) -> NDArray[np.float32]:
    samples: NDArray[np.float32] = source_signal(path).samples[0]
    return samples
