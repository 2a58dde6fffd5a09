"""DistillMOS, the network (Stahl and Gamper, "Distillation and Pruning for Scalable Self-Supervised
Representation-Based Speech Quality Assessment", ICASSP 2025), for the weights that the package `distillmos` ships.

The package itself imports torchaudio, which does not import beside a torch for the CPU: the network is written again
here, with the names of its parameters. 4.1 million of them. Shapes are [batch, ...], at 16 kHz.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WINDOW, HOP = 320, 160
SAMPLES = 122880
"""7.68 s, which the network was trained on: 384 frames after the last convolution's stride."""
SEGMENT_HOP = 16000
"""Longer signals are the mean over segments that begin at most 1 s apart."""
COMPRESSION, FLOOR = 0.3, 1e-12
CHANNELS = (2, 64, 64, 128, 256, 256, 256)
FEATURES, WIDTH, FRAMES = 1024, 200, 384
HEADS, LAYERS = 8, 7


class DistillMos(nn.Module):
    """A CNN on the compressed complex spectrum, a transformer, attention over time. In evaluation mode."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.cnn = _SpectrumCnn()
        self.transformer_pool_attn = _Judge()
        self.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True)["model"])
        self.eval()

    @torch.inference_mode()
    def forward(self, signal: Tensor) -> float:
        """The MOS in 1 to 5 of `signal` [samples]: zeros behind what is shorter than a segment, the mean of longer."""
        segments = _segments(signal)  # [segments, samples]
        segments = segments / (segments.abs().amax(dim=1, keepdim=True) + 1e-8)
        return 1 + 4 * float(self.transformer_pool_attn(self.cnn(segments)).mean())


def _segments(signal: Tensor) -> Tensor:
    """[segments, SAMPLES], evenly spread from the beginning to the end."""
    surplus = max(0, len(signal) - SAMPLES)
    padded = F.pad(signal, (0, max(0, SAMPLES - len(signal))))
    starts = torch.linspace(0, 1, math.ceil(surplus / SEGMENT_HOP) + 1, dtype=torch.float64) * surplus
    return torch.stack([padded[int(start) : int(start) + SAMPLES] for start in starts])


class _SpectrumCnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        last = len(CHANNELS) - 2
        for index, (before, after) in enumerate(pairwise(CHANNELS)):
            stride = (1 if index == 0 else 2, 2 if index == last else 1)  # over frequency, over time
            layers += [nn.Conv2d(before, after, 3, stride, (0, 1)), nn.LeakyReLU(0.1)]
        self.cnn = nn.Sequential(*layers)

    def forward(self, signals: Tensor) -> Tensor:
        """[segments, samples] to [segments, frames, features]"""
        edge = (WINDOW - HOP) // 2
        spectrum = torch.stft(
            F.pad(signals, (edge, edge), mode="reflect"), WINDOW, HOP, WINDOW, torch.hann_window(WINDOW),
            center=False, return_complex=True,
        )  # fmt: skip
        parts = torch.view_as_real(spectrum)  # [segments, bins, frames, 2]
        magnitude = parts.square().sum(dim=-1, keepdim=True).sqrt().clip(FLOOR)
        compressed = magnitude**COMPRESSION * parts / magnitude
        features: Tensor = self.cnn(compressed.permute(0, 3, 1, 2))  # [segments, channels, bands, frames]
        return features.flatten(1, 2).transpose(1, 2)


class _Judge(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm_input = nn.BatchNorm1d(FEATURES)
        self.transformer = _Transformer()
        self.norm_trans = nn.BatchNorm1d(WIDTH)
        self.pool = _AttentionPool()

    def forward(self, features: Tensor) -> Tensor:
        """[segments, frames, features] to [segments, 1] in 0 to 1"""
        x = self.transformer(_over_channels(self.norm_input, features))
        return torch.sigmoid(self.pool(_over_channels(self.norm_trans, x)))


class _Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(FEATURES)
        self.position_encoding = _Positions()
        self.linear_proj = nn.Linear(FEATURES, WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 2 * WIDTH, dropout=0.0, batch_first=True)
        self.transformer_encoder = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)

    def forward(self, features: Tensor) -> Tensor:
        """[segments, frames, features] to [segments, frames, width]"""
        x = self.linear_proj(_over_channels(self.norm, features)) + self.position_encoding.pe
        encoded: Tensor = self.transformer_encoder(x)
        return encoded


class _Positions(nn.Module):
    """The positions that the checkpoint holds, [1, frames, width]."""

    pe: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("pe", torch.zeros(1, FRAMES, WIDTH))


class _AttentionPool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(WIDTH, 2 * WIDTH)
        self.linear2 = nn.Linear(2 * WIDTH, 1)
        self.linear3 = nn.Linear(WIDTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[segments, frames, width] to [segments, 1]"""
        attention = F.softmax(self.linear2(F.relu(self.linear1(x))), dim=1)  # [segments, frames, 1]
        pooled: Tensor = self.linear3((attention * x).sum(dim=1))
        return pooled


def _over_channels(norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
    """`norm` of the last axis of [segments, frames, channels]."""
    normed: Tensor = norm(x.transpose(1, 2)).transpose(1, 2)
    return normed
