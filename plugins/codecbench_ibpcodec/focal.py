"""FocalBlocks, made causal: context of several sizes is gathered by depthwise convolutions and gated into each frame.

Yang et al. 2022, "Focal Modulation Networks", section 3; FocalCodec (Della Libera et al. 2025) uses them over time.
"""

from __future__ import annotations

import torch
from codecbench_layers.causal import Causal, CausalConv1d, ChannelNorm
from torch import Tensor, nn
from torch.nn import functional as F


class FocalBlock(nn.Module):
    """Focal modulation, then a feed-forward layer, each with a residual path: [batch, channels, frames]."""

    def __init__(self, channels: int, kernels: tuple[int, ...], window: int, feedforward: float) -> None:
        super().__init__()
        hidden = round(feedforward * channels)
        self.norm1, self.norm2 = ChannelNorm(channels), ChannelNorm(channels)
        self.modulation = FocalModulation(channels, kernels, window)
        self.widen = nn.Conv1d(channels, hidden, 1)
        self.narrow = nn.Conv1d(hidden, channels, 1)

    def forward(self, frames: Tensor) -> Tensor:
        frames = frames + self.modulation(self.norm1(frames))
        residual: Tensor = self.narrow(F.gelu(self.widen(self.norm2(frames))))
        return frames + residual


class FocalModulation(nn.Module):
    """Each frame's query times its context: levels of growing reach and the past's mean, each gated by the frame."""

    def __init__(self, channels: int, kernels: tuple[int, ...], window: int) -> None:
        super().__init__()
        self.project_in = nn.Conv1d(channels, 2 * channels + len(kernels) + 1, 1)
        self.levels = nn.ModuleList(CausalConv1d(channels, channels, kernel, groups=channels) for kernel in kernels)
        self.past = CausalMean(window)
        self.context = nn.Conv1d(channels, channels, 1)
        self.project_out = nn.Conv1d(channels, channels, 1)

    def forward(self, frames: Tensor) -> Tensor:
        channels = frames.shape[1]
        query, context, gates = self.project_in(frames).split([channels, channels, len(self.levels) + 1], dim=1)
        gathered = torch.zeros_like(query)
        for index, level in enumerate(self.levels):
            context = F.gelu(level(context))
            gathered = gathered + context * gates[:, index : index + 1]
        gathered = gathered + F.gelu(self.past(context)) * gates[:, -1:]
        modulated: Tensor = self.project_out(query * self.context(gathered))
        return modulated


class CausalMean(Causal):
    """The mean of each frame and those before it, up to `window` of them: [batch, channels, frames]."""

    def __init__(self, window: int) -> None:
        super().__init__()
        self.window = window

    def forward(self, frames: Tensor) -> Tensor:
        exists = torch.ones_like(frames[:, :1])
        if self.training and not self.is_streaming and frames.shape[-1] <= self.window:  # the same, in half the time
            return frames.cumsum(-1) / exists.cumsum(-1)
        extended = self.extend(torch.cat([frames, exists], dim=1), self.window)
        sums = extended.unfold(-1, self.window, 1)[..., 1:, :].sum(-1)  # not by differences: they would add up errors
        return sums[:, :-1] / sums[:, -1:]
