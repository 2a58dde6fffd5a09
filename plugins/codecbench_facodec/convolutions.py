"""FACodec's two convolutional stacks, of the kind of DAC's. Layers are numbered as in the official state dicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from codecbench_facodec.activation import AntiAliased
from codecbench_facodec.bands import LowBands

DILATIONS = (1, 3, 9)


class ResidualUnit(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            AntiAliased(width),
            nn.Conv1d(width, width, 7, dilation=dilation, padding=3 * dilation),
            AntiAliased(width),
            nn.Conv1d(width, width, 1),
        )

    @property
    def damped(self) -> nn.Conv1d:
        """The layer that ends the branch: small weights here make the unit small beside its shortcut."""
        return cast(nn.Conv1d, self.block[3])

    def forward(self, signal: Tensor) -> Tensor:
        """[batch, width, samples], shape kept."""
        unit: Tensor = signal + self.block(signal)
        return unit


class DownBlock(nn.Module):
    """[batch, narrow, samples] to [batch, wide, samples / stride]."""

    def __init__(self, narrow: int, wide: int, stride: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            *(ResidualUnit(narrow, dilation) for dilation in DILATIONS),
            AntiAliased(narrow),
            nn.Conv1d(narrow, wide, 2 * stride, stride, padding=stride // 2 + stride % 2),
        )

    def forward(self, signal: Tensor) -> Tensor:
        down: Tensor = self.block(signal)
        return down


class UpBlock(nn.Module):
    """[batch, wide, samples] to [batch, narrow, samples * stride]."""

    def __init__(self, wide: int, narrow: int, stride: int) -> None:
        super().__init__()
        padding = stride // 2 + stride % 2
        self.block = nn.Sequential(
            AntiAliased(wide),
            nn.ConvTranspose1d(wide, narrow, 2 * stride, stride, padding=padding, output_padding=stride % 2),
            *(ResidualUnit(narrow, dilation) for dilation in DILATIONS),
        )

    def forward(self, signal: Tensor) -> Tensor:
        up: Tensor = self.block(signal)
        return up


class Encoder(nn.Module):
    """Audio [batch, 1, samples], whole frames, to latents [batch, dimension, frames].

    With `bands`, its rows [batch, bands, frames] follow the latents'.
    """

    def __init__(
        self, widths: Sequence[int], strides: Sequence[int], dimension: int, bands: LowBands | None = None
    ) -> None:
        super().__init__()
        self.bands = bands
        self.block = nn.Sequential(
            nn.Conv1d(1, widths[0], 7, padding=3),
            *(DownBlock(*sizes) for sizes in zip(widths, widths[1:], strides, strict=False)),
            AntiAliased(widths[-1]),
            nn.Conv1d(widths[-1], dimension, 3, padding=1),
        )

    def forward(self, audio: Tensor) -> Tensor:
        latents: Tensor = self.block(audio)
        return latents if self.bands is None else torch.cat([latents, self.bands(audio)], dim=1)


class Decoder(nn.Module):
    """Latents [batch, dimension, frames] and a timbre [batch, dimension] to audio [batch, 1, samples].

    The timbre sets scale and offset of the normalised latents: conditional layer normalisation (section 3.2.3).
    """

    def __init__(self, widths: Sequence[int], strides: Sequence[int], dimension: int) -> None:
        super().__init__()
        self.timbre_linear = nn.Linear(dimension, 2 * dimension)
        self.timbre_norm = nn.LayerNorm(dimension, elementwise_affine=False)
        self.model = nn.Sequential(
            nn.Conv1d(dimension, widths[0], 7, padding=3),
            *(UpBlock(*sizes) for sizes in zip(widths, widths[1:], strides, strict=False)),
            AntiAliased(widths[-1]),
            nn.Conv1d(widths[-1], 1, 7, padding=3),
            nn.Tanh(),
        )

    @property
    def last(self) -> nn.Conv1d:
        """The layer that outputs the audio, before tanh."""
        return cast(nn.Conv1d, self.model[-2])

    def forward(self, latents: Tensor, timbre: Tensor) -> Tensor:
        scale, offset = self.timbre_linear(timbre)[..., None].chunk(2, dim=1)  # [batch, dimension, 1]
        normal = self.timbre_norm(latents.transpose(1, 2)).transpose(1, 2)
        audio: Tensor = self.model(normal * scale + offset)
        return audio
