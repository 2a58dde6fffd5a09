"""A signal: what codecs read and return, and what metrics compare."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Audio:
    """A signal: `samples` is float32 [channels, samples], nominally in [-1, 1]; `sample_rate` in Hz.

    Samples of any floating type are taken. Integers are not: whether they count to 32,768 or to 1 nobody could tell.

    Raises:
        TypeError: samples are no numpy array of floating point numbers, or the rate is no whole number.
        ValueError: samples are not [channels, samples], or the rate is not positive.

    >>> Audio.mono(np.zeros(8000), 16000).seconds
    0.5
    """

    samples: NDArray[np.float32]
    sample_rate: int

    def __post_init__(self) -> None:
        samples, rate = self.samples, self.sample_rate
        if not isinstance(samples, np.ndarray):
            line = "samples.detach().cpu().numpy()" if hasattr(samples, "detach") else "np.array(samples)"
            raise TypeError(f"audio samples must be a numpy array, got {type(samples).__name__}; write {line}")
        kind = samples.dtype
        if not np.issubdtype(kind, np.floating):
            raise TypeError(f"audio samples must be floating point in [-1, 1], got {kind}{_scaled(kind)}")
        if samples.ndim != 2:
            raise ValueError(f"audio must be [channels, samples], got shape {samples.shape}")
        if not isinstance(rate, Integral) or isinstance(rate, bool):
            raise TypeError(f"a sample rate must be a whole number of Hz, got {rate!r}")
        if rate < 1:
            raise ValueError(f"a sample rate must be positive, got {rate} Hz")
        object.__setattr__(self, "samples", np.ascontiguousarray(samples, dtype=np.float32))
        object.__setattr__(self, "sample_rate", int(rate))

    @classmethod
    def mono(cls, samples: NDArray[Any], sample_rate: int) -> Audio:
        """One channel from `samples` [samples]."""
        return cls(samples[None, :] if isinstance(samples, np.ndarray) else samples, sample_rate)

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

    @property
    def peak(self) -> float:
        """The largest magnitude of any sample; 0 of no samples."""
        return float(np.max(np.abs(self.samples), initial=0.0))

    @property
    def clipped(self) -> float:
        """The share of samples beyond full scale."""
        return float(np.mean(np.abs(self.samples) > 1.0)) if self.samples.size else 0.0


def _scaled(dtype: np.dtype[Any]) -> str:
    """The line to write in place of `samples`."""
    if np.issubdtype(dtype, np.signedinteger):
        return f"; write samples.astype(np.float32) / {2 ** (8 * dtype.itemsize - 1)}"
    if np.issubdtype(dtype, np.unsignedinteger):
        half = 2 ** (8 * dtype.itemsize - 1)
        return f"; write (samples.astype(np.float32) - {half}) / {half}"
    return ""
