"""A signal: what codecs read and return, and what metrics compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Audio:
    """A signal: `samples` is float32 [channels, samples], nominally in [-1, 1]; `sample_rate` in Hz.

    >>> Audio.mono(np.zeros(8000), 16000).seconds
    0.5
    """

    samples: NDArray[np.float32]
    sample_rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2:
            raise ValueError(f"audio must be [channels, samples], got shape {self.samples.shape}")
        object.__setattr__(self, "samples", np.ascontiguousarray(self.samples, dtype=np.float32))

    @classmethod
    def mono(cls, samples: NDArray[Any], sample_rate: int) -> Audio:
        """One channel from `samples` [samples]."""
        return cls(np.asarray(samples)[None, :], sample_rate)

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def length(self) -> int:
        """Samples per channel."""
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        return self.length / self.sample_rate
