"""The network that predicts noise: a one-dimensional UNet over latents, told the step and the condition.

Ho et al. 2020, appendix B, with linear attention (Shen et al. 2021) and weight standardization (Qiao et al. 2019), in
the shape of the release's `srcs/modules/unet.py`; signals are [batch, channels, frames].
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench_ladiff.config import UnetConfiguration

LONGEST_PERIOD = 10000.0


class Unet(nn.Module):
    """Noise in `noisy` latents [batch, dimension, frames] at diffusion steps [batch], beside a raised condition."""

    def __init__(self, configuration: UnetConfiguration, dimension: int) -> None:
        super().__init__()
        width = configuration.width
        widths = [width, *(multiple * width for multiple in configuration.multiples)]
        self.first = nn.Conv1d(2 * dimension, width, 7, padding=3)
        self.step = StepEmbedding(width)
        self.downs = nn.ModuleList(
            DownLevel(narrow, wide, level == len(widths) - 2, configuration)
            for level, (narrow, wide) in enumerate(pairwise(widths))
        )
        bottom, step = widths[-1], 4 * width
        self.middle1 = ResidualBlock(bottom, bottom, step, configuration.groups)
        self.attention = Attention(bottom, configuration.heads, configuration.head_width)
        self.middle2 = ResidualBlock(bottom, bottom, step, configuration.groups)
        self.ups = nn.ModuleList(
            UpLevel(wide, narrow, level == len(widths) - 2, configuration)
            for level, (wide, narrow) in enumerate(zip(widths[:0:-1], widths[-2::-1], strict=True))
        )
        self.last_block = ResidualBlock(2 * width, width, step, configuration.groups)
        self.last = nn.Conv1d(width, dimension, 1)

    def forward(self, noisy: Tensor, steps: Tensor, condition: Tensor) -> Tensor:
        first = self.first(torch.cat([condition, noisy], dim=1))
        step = self.step(steps)
        kept: list[Tensor] = []
        signal = first
        for down in self.downs:
            signal = down(signal, step, kept)
        signal = self.middle2(self.attention(self.middle1(signal, step)), step)
        for up in self.ups:
            signal = up(signal, step, kept)
        signal = self.last_block(torch.cat([signal, first], dim=1), step)
        noise: Tensor = self.last(signal.tanh())
        return noise


class StepEmbedding(nn.Module):
    """Diffusion steps [batch] to vectors [batch, 4 width], through sines and cosines (Vaswani et al. 2017)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.widen = nn.Linear(width, 4 * width)
        self.mix = nn.Linear(4 * width, 4 * width)

    def forward(self, steps: Tensor) -> Tensor:
        half = self.width // 2
        rates = torch.exp(torch.arange(half, device=steps.device) * -(math.log(LONGEST_PERIOD) / (half - 1)))
        angles = steps[:, None] * rates
        embedded: Tensor = self.mix(F.gelu(self.widen(torch.cat([angles.sin(), angles.cos()], dim=-1))))
        return embedded


class DownLevel(nn.Module):
    """Two residual blocks, linear attention, then half as many frames; the last level keeps them."""

    def __init__(self, narrow: int, wide: int, last: bool, configuration: UnetConfiguration) -> None:
        super().__init__()
        step, groups = 4 * configuration.width, configuration.groups
        self.block1 = ResidualBlock(narrow, narrow, step, groups)
        self.block2 = ResidualBlock(narrow, narrow, step, groups)
        self.attention = LinearAttention(narrow, configuration.heads, configuration.head_width)
        self.sample = nn.Conv1d(narrow, wide, 3, padding=1) if last else nn.Conv1d(narrow, wide, 4, 2, padding=1)

    def forward(self, signal: Tensor, step: Tensor, kept: list[Tensor]) -> Tensor:
        """Appends what the level of the same size on the way up takes to `kept`."""
        signal = self.block1(signal, step)
        kept.append(signal)
        signal = self.attention(self.block2(signal, step))
        kept.append(signal)
        sampled: Tensor = self.sample(signal)
        return sampled


class UpLevel(nn.Module):
    """The mirror of `DownLevel`, with what that one kept beside its own signal."""

    def __init__(self, wide: int, narrow: int, last: bool, configuration: UnetConfiguration) -> None:
        super().__init__()
        step, groups = 4 * configuration.width, configuration.groups
        self.block1 = ResidualBlock(wide + narrow, wide, step, groups)
        self.block2 = ResidualBlock(wide + narrow, wide, step, groups)
        self.attention = LinearAttention(wide, configuration.heads, configuration.head_width)
        self.last = last
        self.sample = nn.Conv1d(wide, narrow, 3, padding=1)

    def forward(self, signal: Tensor, step: Tensor, kept: list[Tensor]) -> Tensor:
        signal = self.block1(torch.cat([signal, kept.pop()], dim=1), step)
        signal = self.attention(self.block2(torch.cat([signal, kept.pop()], dim=1), step))
        sampled: Tensor = self.sample(signal if self.last else signal.repeat_interleave(2, dim=-1))
        return sampled


class StandardizedConv1d(nn.Conv1d):
    """A convolution whose weights have zero mean and unit variance for each output (Qiao et al. 2019, equation 3)."""

    def forward(self, signal: Tensor) -> Tensor:
        mean = self.weight.mean((1, 2), keepdim=True)
        variance = self.weight.var((1, 2), unbiased=False, keepdim=True)
        weight = (self.weight - mean) * (variance + 1e-5).rsqrt()
        return F.conv1d(signal, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class ResidualBlock(nn.Module):
    """Two normalised convolutions; the step scales and shifts the first."""

    def __init__(self, inputs: int, outputs: int, step: int, groups: int) -> None:
        super().__init__()
        self.step = nn.Linear(step, 2 * outputs)
        self.conv1 = StandardizedConv1d(inputs, outputs, 3, padding=1)
        self.norm1 = nn.GroupNorm(groups, outputs)
        self.conv2 = StandardizedConv1d(outputs, outputs, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, outputs)
        self.shortcut = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, signal: Tensor, step: Tensor) -> Tensor:
        scale, shift = self.step(F.silu(step))[..., None].chunk(2, dim=1)
        inner = F.silu(self.norm1(self.conv1(signal)) * (scale + 1) + shift)
        inner = F.silu(self.norm2(self.conv2(inner)))
        total: Tensor = inner + self.shortcut(signal)
        return total


class ChannelScale(nn.Module):
    """Layer normalisation over channels with a gain and no offset: [batch, channels, frames]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(1, channels, 1))

    def forward(self, signal: Tensor) -> Tensor:
        mean, variance = signal.mean(1, keepdim=True), signal.var(1, unbiased=False, keepdim=True)
        return (signal - mean) * (variance + 1e-5).rsqrt() * self.gain


class LinearAttention(nn.Module):
    """Attention whose cost grows with the number of frames and not its square; with a residual path."""

    def __init__(self, channels: int, heads: int, width: int) -> None:
        super().__init__()
        self.heads, self.width = heads, width
        self.norm = ChannelScale(channels)
        self.project_in = nn.Conv1d(channels, 3 * heads * width, 1, bias=False)
        self.project_out = nn.Conv1d(heads * width, channels, 1)
        self.norm_out = ChannelScale(channels)

    def forward(self, signal: Tensor) -> Tensor:
        projected = self.project_in(self.norm(signal)).unflatten(1, (3, self.heads, self.width))
        queries, keys, values = projected.unbind(1)  # [batch, heads, width, frames]
        queries = queries.softmax(-2) * self.width**-0.5
        context = keys.softmax(-1) @ values.transpose(-1, -2)  # [batch, heads, width, width]
        attended = (context.transpose(-1, -2) @ queries).flatten(1, 2)
        total: Tensor = signal + self.norm_out(self.project_out(attended))
        return total


class Attention(nn.Module):
    """Full self-attention over frames, with a residual path."""

    def __init__(self, channels: int, heads: int, width: int) -> None:
        super().__init__()
        self.heads, self.width = heads, width
        self.norm = ChannelScale(channels)
        self.project_in = nn.Conv1d(channels, 3 * heads * width, 1, bias=False)
        self.project_out = nn.Conv1d(heads * width, channels, 1)

    def forward(self, signal: Tensor) -> Tensor:
        projected = self.project_in(self.norm(signal)).unflatten(1, (3, self.heads, self.width))
        queries, keys, values = projected.transpose(-1, -2).unbind(1)  # [batch, heads, frames, width]
        attended = F.scaled_dot_product_attention(queries, keys, values).transpose(-1, -2).flatten(1, 2)
        total: Tensor = signal + self.project_out(attended)
        return total
