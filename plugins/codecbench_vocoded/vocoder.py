"""The network: bands and F0 of a narrow-band signal to the envelopes of a source, by the decoder of `units`."""

from __future__ import annotations

import numpy as np
import torch
from codecbench_units.config import CEPSTRA, HOP, DecoderConfiguration
from codecbench_units.decoder import Conditions, UnitDecoder, pitch_rows
from codecbench_units.features import log_bands
from codecbench_units.pitch import PITCH_HOP, track_pitch
from codecbench_units.prosody import Contour
from numpy.typing import NDArray
from torch import nn

from codecbench.api import Audio
from codecbench.audio import resample

NARROW_RATE = 8000
NARROW_HOP = HOP * NARROW_RATE // 16000
WINDOW = 320
BANDS = 32
UNKNOWN_HZ = 140.0
"""Where nothing is voiced."""


class Vocoder(UnitDecoder):
    """The decoder of units, with bands [batch, frames, 32] in place of units, and no speaker."""

    def __init__(self, configuration: DecoderConfiguration | None = None) -> None:
        super().__init__(configuration or DecoderConfiguration())
        self.embed = nn.Linear(BANDS, self.configuration.embedding)  # type: ignore[assignment]


class VocoderNetwork(nn.Module):
    """All tensors of a checkpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.decoder = Vocoder()


def whole(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Zeros up to whole frames of 20 ms, at 8 kHz; at least one."""
    frames = max(1, -(-len(samples) // NARROW_HOP))
    return np.pad(samples, (0, frames * NARROW_HOP - len(samples)))


def analyzed(samples: NDArray[np.float32]) -> tuple[Conditions, Contour]:
    """Of whole frames of a signal at 8 kHz [frames * 160]: what the network and its source are given."""
    line = contour(samples)
    conditions = Conditions(
        torch.from_numpy(bands(samples))[None], torch.from_numpy(pitch_rows(line))[None], torch.zeros(1, CEPSTRA + 2)
    )
    return conditions, line


def bands(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log mel bands up to 4 kHz [frames, 32], the window of each frame in its middle."""
    return log_bands(samples, NARROW_RATE, WINDOW, NARROW_HOP, BANDS)


def contour(samples: NDArray[np.float32]) -> Contour:
    """F0 by frames of 20 ms: straight lines across what is not voiced."""
    wide = resample(Audio.mono(samples, NARROW_RATE), 2 * NARROW_RATE).samples[0].astype(np.float32)
    track = track_pitch(wide).reshape(-1, HOP // PITCH_HOP)
    voicing = (track > 0).mean(1)
    times = np.arange(len(track))
    voiced = track.max(1)
    known = voiced > 0
    if not known.any():
        return Contour(np.full(len(track), np.log(UNKNOWN_HZ)), voicing)
    return Contour(np.interp(times, times[known], np.log(voiced[known])), voicing)
