"""Under which condition codecs are compared: what of a recording they are given, and what decoded signals are held to.

`wb`: one channel at 16 kHz, whatever the recording is. `fb`: the recording at its own rate, in stereo where the codec
is. Figures of two conditions are never in one table or mean: a run's folder holds one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import scipy

from codecbench.api import Audio
from codecbench.audio import source_signal, to_mono
from codecbench.audio_files import read_audio

Condition: TypeAlias = Literal["wb", "fb"]
WIDE_BAND: Condition = "wb"
FULL_BAND: Condition = "fb"

BAND_HZ = 500.0
WITHIN_DB = 80.0
"""A band of BAND_HZ that lies so far below the loudest holds nothing but rounding, dither, or a filter's stopband."""
WINDOW = 4096
AUDIBLE_HZ = 20000.0
"""What lies above is asked of no recording: nobody hears it, and converters filter it."""


@dataclass(frozen=True)
class SourceRecording:
    """A file under a condition: what `signal` makes of it is the source and the reference of every codec."""

    path: Path
    condition: Condition = WIDE_BAND

    def signal(self) -> Audio:
        """[channels, samples]. Raises UnusableAudio: see `codecbench.audio.source_signal`."""
        return source_signal(self.path) if self.condition == WIDE_BAND else read_audio(self.path)


def reference_for(signal: Audio, channels: int) -> Audio:
    """What a decoded signal of `channels` is compared with: all channels where it has as many, else their mean."""
    return signal if signal.channels == channels else to_mono(signal)


def bandwidth_hz(signal: Audio) -> float:
    """Upper edge of the highest band of 500 Hz that lies within 80 dB of the loudest; 0 of silence.

    By Welch's periodogram (Hann windows of 4096 samples, half overlapping), the mean over the channels.
    """
    size = min(WINDOW, signal.length)
    if size < 2 or not signal.samples.any():
        return 0.0
    samples = signal.samples.astype(np.float64)
    frequencies, density = scipy.signal.welch(samples, signal.sample_rate, nperseg=size)  # [channels, bins]
    edges = np.arange(0.0, signal.sample_rate / 2, BAND_HZ)
    power = density.mean(axis=0)
    levels = np.array([power[(frequencies >= edge) & (frequencies < edge + BAND_HZ)].sum() for edge in edges])
    heard = np.nonzero(levels > levels.max() * 10 ** (-WITHIN_DB / 10))[0]
    return float(min(edges[heard[-1]] + BAND_HZ, signal.sample_rate / 2))


def narrow(bandwidth: float, sample_rate: int) -> str | None:
    """Why a recording of `bandwidth` Hz says nothing of a codec at `sample_rate`; None where it does.

    It has to reach the codec's Nyquist frequency, or 20 kHz, to within one band.
    """
    wanted = min(sample_rate / 2, AUDIBLE_HZ)
    if bandwidth >= wanted - BAND_HZ:
        return None
    return (
        f"condition fb: the recording reaches {bandwidth / 1000:g} kHz, the codec codes up to "
        f"{sample_rate / 2000:g} kHz: nothing up there could be lost"
    )
