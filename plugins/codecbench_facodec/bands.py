"""What prosody is read from in the reference configuration: the lowest mel bands, which hold the pitch's harmonics."""

from __future__ import annotations

import torch
from codecbench_layers.mel import mel_filters
from torch import Tensor, nn
from torch.nn import functional as F

BANDS = 80
"""Mel bands from 0 to half the sample rate, of which the lowest are used: so in the release's second version
(open-mmlab/Amphion, `FACodecEncoderV2`), which quantizes 20 of them for prosody."""
WINDOW = 1024
"""Samples, 64 ms at 16 kHz (our choice; 50 ms there): long enough to part the harmonics of a low voice."""
FLOOR = 1e-3


class LowBands(nn.Module):
    """Audio [batch, 1, samples], whole frames, to log mel bands [batch, bands, frames]; there is no parameter here.

    Loudness stays in: without it, codes for the training's speech tell a quarter as much of pitch.
    """

    window: Tensor
    filters: Tensor

    def __init__(self, bands: int, hop: int, sample_rate: int) -> None:
        super().__init__()
        self.hop = hop
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)
        self.register_buffer("filters", mel_filters(sample_rate, WINDOW, BANDS)[:bands], persistent=False)

    def forward(self, audio: Tensor) -> Tensor:
        before = (WINDOW - self.hop) // 2  # so that a frame's window is centred on it
        frames = F.pad(audio[:, 0], (before, WINDOW - self.hop - before)).unfold(-1, WINDOW, self.hop)
        magnitudes = torch.fft.rfft(frames * self.window).abs()  # [batch, frames, bins]
        bands: Tensor = (magnitudes @ self.filters.T + FLOOR).log()
        return bands.transpose(1, 2)
