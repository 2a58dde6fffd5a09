"""The two signals of a sample as every metric wants them: checked once, in double precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, Sample
from codecbench.audio import to_mono

RATE = 16000

SILENT_RMS = 1e-5
"""−100 dB re full scale: below half a step of 16-bit audio, so that only digital silence (or a constant) is silent."""

Signal = NDArray[np.float64]
"""[samples]"""


class PairMetric:
    """Base of the metrics that look at each pair of signals anew."""

    def prepare(self, reference: Audio) -> None:
        """Nothing is computed from the original alone."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Equally long mono signals at `rate` Hz, free of NaN."""

    reference: Signal
    decoded: Signal
    rate: int = RATE

    @property
    def seconds(self) -> float:
        return len(self.reference) / self.rate

    def require_seconds(self, shortest: float) -> None:
        """Raises Abstain for signals under `shortest` seconds."""
        require_seconds(self.reference, shortest, self.rate)

    def require_original(self) -> None:
        """Raises Abstain where the original is silent: there is nothing that the decoded could be away from."""
        if is_silent(self.reference):
            raise Abstain("the original is silent")

    def require_sound(self) -> None:
        """Raises Abstain where either signal is silent or a constant: there is nothing to compare."""
        for name, signal in (("original", self.reference), ("decoded signal", self.decoded)):
            if is_silent(signal):
                raise Abstain(f"the {name} is silent (RMS below {20 * np.log10(SILENT_RMS):.0f} dBFS without its mean)")


def checked_pair(sample: Sample) -> Pair:
    """The reference and the delay-compensated decoded signal of `sample`.

    Raises:
        ValueError: not mono 16 kHz, unequal lengths, or NaN or infinite samples. These are failures, never figures.
    """
    return pair_of(sample.reference, sample.decoded)


def mixed_pair(sample: Sample) -> Pair:
    """As `checked_pair`, in condition fb too: the mean of each signal's channels, at the rate that both have.

    Raises:
        ValueError: unequal rates or lengths, or NaN or infinite samples.
    """
    rate = sample.reference.sample_rate
    if sample.decoded.sample_rate != rate:
        raise ValueError(f"rates differ: reference {rate} Hz, decoded {sample.decoded.sample_rate} Hz")
    x, y = (to_mono(audio).samples[0].astype(np.float64) for audio in (sample.reference, sample.decoded))
    if len(x) != len(y):
        raise ValueError(f"lengths differ: reference {len(x)} samples, decoded {len(y)}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("NaN or infinite samples")
    return Pair(x, y, rate)


def pair_of(reference: Audio, decoded: Audio) -> Pair:
    x, y = checked_signal(reference, "reference"), checked_signal(decoded, "decoded")
    if len(x) != len(y):
        raise ValueError(f"lengths differ: reference {len(x)} samples, decoded {len(y)}")
    return Pair(x, y)


def checked_signal(audio: Audio, name: str) -> Signal:
    """The samples of `audio`. Raises ValueError as `checked_pair` does."""
    if audio.channels != 1 or audio.sample_rate != RATE:
        raise ValueError(
            f"{name} has {audio.channels} channels at {audio.sample_rate} Hz; metrics take mono at {RATE} Hz"
        )
    if not np.isfinite(audio.samples).all():
        raise ValueError(f"{name} has NaN or infinite samples")
    signal: Signal = audio.samples[0].astype(np.float64)
    return signal


def is_silent(signal: Signal) -> bool:
    """Whether nothing but a constant and rounding is in `signal`."""
    return len(signal) == 0 or float(np.std(signal)) < SILENT_RMS


def require_seconds(signal: Signal, shortest: float, rate: int = RATE) -> None:
    """Raises Abstain where `signal` is under `shortest` seconds."""
    if len(signal) < shortest * rate:
        raise Abstain(f"too short: {len(signal) / rate:.3f} s, needs {shortest:g} s")
