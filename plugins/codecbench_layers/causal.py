"""Layers that never look ahead, and can be fed piece by piece: with `streaming(model)` they remember their past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Causal(nn.Module):
    """A layer that needs the last frames of its own input: zeros at the start, memory while streaming."""

    def __init__(self) -> None:
        super().__init__()
        self.is_streaming = False
        self._past: Tensor | None = None

    def extend(self, frames: Tensor, history: int) -> Tensor:
        """`frames` [..., frames] after the `history` frames that came before them: [..., history + frames]."""
        past = self._past
        if past is None or not self.is_streaming:
            past = frames.new_zeros(*frames.shape[:-1], history)
        extended = torch.cat([past, frames], dim=-1)
        if self.is_streaming:
            self._past = extended[..., extended.shape[-1] - history :]
        return extended

    def stream(self, active: bool) -> None:
        """Start a stream, forgetting any other, or end it."""
        self.is_streaming, self._past = active, None


@contextmanager
def streaming(model: nn.Module) -> Iterator[None]:
    """Within it, each call of `model` (or its parts) goes on where the one before it ended; one signal at a time."""
    layers = [module for module in model.modules() if isinstance(module, Causal)]
    for layer in layers:
        layer.stream(True)
    try:
        yield
    finally:
        for layer in layers:
            layer.stream(False)


class CausalConv1d(Causal):
    """A convolution over frames [batch, channels, frames] of the present one and the `kernel - 1` before it."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels_in, channels_out, kernel, groups=groups)

    def forward(self, frames: Tensor) -> Tensor:
        convolved: Tensor = self.conv(self.extend(frames, self.conv.kernel_size[0] - 1))
        return convolved


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation of each frame over its channels: [batch, channels, frames]."""

    def forward(self, frames: Tensor) -> Tensor:
        return super().forward(frames.transpose(1, 2)).transpose(1, 2)


class CausalAttention(Causal):
    """Self-attention of each frame over itself and the frames before it, `window` in all: [batch, channels, frames].

    Computed on that band alone, so that its cost grows with the number of frames and not with its square. In training
    mode a signal that lies within the window is attended to as a whole, which is the same in half the time.
    """

    def __init__(self, channels: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads, self.window = heads, window
        self.norm = ChannelNorm(channels)
        self.project_in = nn.Conv1d(channels, 3 * channels, 1)
        self.project_out = nn.Conv1d(channels, channels, 1)

    def forward(self, frames: Tensor) -> Tensor:
        queries, keys_values = self.project_in(self.norm(frames)).tensor_split([frames.shape[1]], dim=1)
        whole = self.training and not self.is_streaming and frames.shape[-1] <= self.window
        attended = self._to_all(queries, keys_values) if whole else self._to_band(queries, keys_values)
        total: Tensor = frames + self.project_out(attended)
        return total

    def _to_all(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        size = (len(queries), self.heads, -1, queries.shape[-1])
        keys, values = (part.reshape(size).transpose(2, 3) for part in keys_values.chunk(2, dim=1))
        queries = queries.reshape(size).transpose(2, 3)  # [batch, heads, frames, width]
        attended: Tensor = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        return attended.transpose(2, 3).flatten(1, 2)

    def _to_band(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        channels = queries.shape[1]
        exists = torch.ones_like(queries[:, :1])  # zero where there was no frame yet
        extended = self.extend(torch.cat([keys_values, exists], dim=1), self.window - 1)
        band = extended.unfold(-1, self.window, 1).permute(0, 2, 1, 3)  # [batch, frames, channels, window]
        keys, values, exists = band.tensor_split([channels, 2 * channels], dim=2)
        size = (len(queries), queries.shape[-1], self.heads)
        queries = queries.transpose(1, 2).reshape(*size, 1, -1)  # [batch, frames, heads, 1, width]
        keys = keys.reshape(*size, -1, self.window)  # [batch, frames, heads, width, window]
        values = values.reshape(*size, -1, self.window)
        scores = (queries @ keys)[..., 0, :] * queries.shape[-1] ** -0.5  # [batch, frames, heads, window]
        weights = scores.masked_fill(exists == 0, -torch.inf).softmax(-1)
        attended: Tensor = (values @ weights[..., None])[..., 0]  # [batch, frames, heads, width]
        return attended.flatten(2).transpose(1, 2)


class CausalResidual(nn.Module):
    """The basic residual block: two convolutions of kernel 3 (He et al. 2016, figure 2), normalised before each."""

    def __init__(self, channels: int, groups: int = 1) -> None:
        super().__init__()
        self.norm1, self.norm2 = ChannelNorm(channels), ChannelNorm(channels)
        self.conv1 = CausalConv1d(channels, channels, 3, groups)
        self.conv2 = CausalConv1d(channels, channels, 3, groups)

    def forward(self, frames: Tensor) -> Tensor:
        inner = self.conv1(F.gelu(self.norm1(frames)))
        residual: Tensor = self.conv2(F.gelu(self.norm2(inner)))
        return frames + residual


class CausalConvNext(nn.Module):
    """ConvNeXt's block over frames (Liu et al. 2022; Siuzdak 2023): depthwise, then two pointwise convolutions.

    `expansion` 1 is a block without inverted bottleneck.
    """

    def __init__(self, channels: int, kernel: int, expansion: int, scale: float) -> None:
        super().__init__()
        self.depthwise = CausalConv1d(channels, channels, kernel, groups=channels)
        self.norm = ChannelNorm(channels)
        self.widen = nn.Conv1d(channels, expansion * channels, 1)
        self.narrow = nn.Conv1d(expansion * channels, channels, 1)
        self.scale = nn.Parameter(torch.full((channels, 1), scale))

    def forward(self, frames: Tensor) -> Tensor:
        inner = self.narrow(F.gelu(self.widen(self.norm(self.depthwise(frames)))))
        total: Tensor = frames + self.scale * inner
        return total
