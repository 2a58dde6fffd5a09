"""SnakeBeta between two anti-aliasing filters: a periodic activation that runs at twice the rate of its input."""

from __future__ import annotations

from math import pi

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TAPS = 12
"""Of the filter before and of the one after the activation (junjun3518/alias-free-torch, its default for ratio 2)."""
NO_ZERO = 1e-9
"""Added to a divisor, as in the original."""


def halfband_filter() -> Tensor:
    """Low-pass at half the band with unit gain at 0 Hz: [1, 1, TAPS].

    A windowed sinc; the Kaiser window's shape follows from the width of the transition, 0.3 of the sampling rate
    (Kaiser 1974: attenuation A = 2.285 (N / 2 - 1) Δω + 7.95, β = 0.1102 (A - 8.7) for A > 50).
    """
    attenuation = 2.285 * (TAPS // 2 - 1) * pi * 4 * 0.3 + 7.95
    window = torch.kaiser_window(TAPS, periodic=False, beta=0.1102 * (attenuation - 8.7))
    time = torch.arange(-TAPS // 2, TAPS // 2) + 0.5
    taps = window * torch.sinc(0.5 * time)
    return (taps / taps.sum()).view(1, 1, TAPS)


class SnakeBeta(nn.Module):
    """x + sin²(αx) / β with α and β per channel, held as logarithms (Ziyin et al. 2020; BigVGAN's release)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.zeros(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, signal: Tensor) -> Tensor:
        """[batch, channels, samples], shape kept."""
        alpha, beta = self.alpha.exp()[:, None], self.beta.exp()[:, None]
        return torch.addcmul(signal, 1 / (beta + NO_ZERO), torch.sin(signal * alpha).square())


class AntiAliased(nn.Module):
    """SnakeBeta at twice the rate (Karras et al. 2021; Lee et al. 2023, "BigVGAN", section 3.2)."""

    taps: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.act = SnakeBeta(channels)
        self.register_buffer("taps", halfband_filter(), persistent=False)

    def forward(self, signal: Tensor) -> Tensor:
        """[batch, channels, samples], shape kept; beyond its ends the signal is continued with its last value."""
        channels = signal.shape[1]
        taps = self.taps.expand(channels, -1, -1)
        edge = TAPS // 2 - 1
        signal = F.pad(signal, (edge, edge), mode="replicate")
        signal = 2 * F.conv_transpose1d(signal, taps, stride=2, groups=channels)
        signal = self.act(signal[..., 3 * edge : -3 * edge])  # [batch, channels, 2 samples]
        signal = F.pad(signal, (edge, edge + 1), mode="replicate")
        return F.conv1d(signal, taps, stride=2, groups=channels)
