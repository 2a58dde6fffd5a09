"""The ECAPA-TDNN speaker encoder (Desplanques, Thienpondt and Demuynck, Interspeech 2020) by SpeechBrain's weights.

SpeechBrain itself imports torchaudio; here is what its recipe computes, in plain torch, under the names of its
`embedding_model.ckpt` (`speechbrain/spkrec-ecapa-voxceleb`): `speechbrain/lobes/models/ECAPA_TDNN.py` is the network,
`lobes/features.py` (Fbank) and `processing/features.py` (Filterbank, InputNormalization) are the features, as
`recipes/VoxCeleb/SpeakerRec/hparams/verification_ecapa.yaml` sets them. Widths are read off the tensors' shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench.checkpoints import read_tensors
from codecbench.errors import UsageError
from codecbench.metrics.pair import RATE, Signal

WINDOW, HOP = 400, 160
BANDS, TOP_DB, FLOOR = 80, 80.0, 1e-10
SCALE = 8
"""Slices of a Res2Net block."""
DILATIONS = (2, 3, 4)
"""Of the three blocks; all their kernels are of 3."""
EPS = 1e-12
"""Least variance in the pooling."""


class Convolution(nn.Module):
    """Of odd kernels, reflected at both ends so that the length stays."""

    def __init__(self, channels: int, out: int, kernel: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, out, kernel, dilation=dilation)
        self.padding = dilation * (kernel - 1) // 2

    def forward(self, x: Tensor) -> Tensor:
        padded: Tensor = F.pad(x, (self.padding, self.padding), mode="reflect") if self.padding else x
        convolved: Tensor = self.conv(padded)
        return convolved


class Normalization(nn.Module):
    """Batch normalization under SpeechBrain's name for it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x: Tensor) -> Tensor:
        normed: Tensor = self.norm(x)
        return normed


class TimeDelay(nn.Module):
    def __init__(self, channels: int, out: int, kernel: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.conv = Convolution(channels, out, kernel, dilation)
        self.norm = Normalization(out)

    def forward(self, x: Tensor) -> Tensor:
        delayed: Tensor = self.norm(torch.relu(self.conv(x)))
        return delayed


class Res2Net(nn.Module):
    """Slices of the channels, each but the first convolved together with what came of the one before."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        width = channels // SCALE
        self.blocks = nn.ModuleList(TimeDelay(width, width, 3, dilation) for _ in range(SCALE - 1))

    def forward(self, x: Tensor) -> Tensor:
        first, second, *others = x.chunk(SCALE, dim=1)
        done = [first, self.blocks[0](second)]
        for block, one in zip(self.blocks[1:], others, strict=True):
            done.append(block(one + done[-1]))
        return torch.cat(done, dim=1)


class SqueezeExcitation(nn.Module):
    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = Convolution(channels, squeezed), Convolution(squeezed, channels)

    def forward(self, x: Tensor) -> Tensor:
        gains = torch.sigmoid(self.conv2(torch.relu(self.conv1(x.mean(dim=2, keepdim=True)))))  # [B, C, 1]
        return gains * x


class EcapaBlock(nn.Module):
    def __init__(self, channels: int, squeezed: int, dilation: int) -> None:
        super().__init__()
        self.tdnn1 = TimeDelay(channels, channels)
        self.res2net_block = Res2Net(channels, dilation)
        self.tdnn2 = TimeDelay(channels, channels)
        self.se_block = SqueezeExcitation(channels, squeezed)

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.se_block(self.tdnn2(self.res2net_block(self.tdnn1(x))))
        return changed + x


class AttentivePooling(nn.Module):
    """Mean and deviation over time, weighted by an attention that sees both of the whole signal."""

    def __init__(self, channels: int, attention: int) -> None:
        super().__init__()
        self.tdnn = TimeDelay(3 * channels, attention)
        self.conv = Convolution(attention, channels)

    def forward(self, x: Tensor) -> Tensor:
        mean, deviation = _moments(x, torch.full_like(x[:, :1], 1 / x.shape[2]))
        context = torch.cat([x, mean.expand_as(x), deviation.expand_as(x)], dim=1)
        weights = torch.softmax(self.conv(torch.tanh(self.tdnn(context))), dim=2)
        return torch.cat(_moments(x, weights), dim=1)  # [B, 2 C, 1]


def _moments(x: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    mean = (weights * x).sum(dim=2, keepdim=True)
    return mean, (weights * (x - mean).square()).sum(dim=2, keepdim=True).clamp(EPS).sqrt()


class EcapaTdnn(nn.Module):
    """Features [B, bands, frames] to embeddings [B, size]; `squeezed` and `attention` are widths within blocks."""

    def __init__(self, channels: int, pooled: int, size: int, squeezed: int, attention: int) -> None:
        super().__init__()
        blocks = [EcapaBlock(channels, squeezed, dilation) for dilation in DILATIONS]
        self.blocks = nn.ModuleList([TimeDelay(BANDS, channels, 5), *blocks])
        self.mfa = TimeDelay(channels * len(DILATIONS), pooled)
        self.asp = AttentivePooling(pooled, attention)
        self.asp_bn = Normalization(2 * pooled)
        self.fc = Convolution(2 * pooled, size)

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor]) -> EcapaTdnn:
        """With these weights. Raises UsageError, one line, where they are of something else."""
        try:
            network = cls(
                tensors["blocks.0.conv.conv.weight"].shape[0],
                tensors["mfa.conv.conv.weight"].shape[0],
                tensors["fc.conv.weight"].shape[0],
                tensors["blocks.1.se_block.conv1.conv.weight"].shape[0],
                tensors["asp.tdnn.conv.conv.weight"].shape[0],
            )
            network.load_state_dict(dict(tensors))
        except (KeyError, RuntimeError, IndexError, ValueError) as error:
            told = " ".join(str(error).split())[:200]
            raise UsageError(f"it does not hold SpeechBrain's ECAPA-TDNN ({type(error).__name__}: {told})") from error
        return network.eval().requires_grad_(False)

    def forward(self, features: Tensor) -> Tensor:
        x, outputs = self.blocks[0](features), []
        for block in self.blocks[1:]:
            x = block(x)
            outputs.append(x)
        embedding: Tensor = self.fc(self.asp_bn(self.asp(self.mfa(torch.cat(outputs, dim=1)))))
        return embedding[:, :, 0]


class EcapaEncoder:
    """Embeddings of unit length by the weights in a file."""

    def __init__(self, weights: Path) -> None:
        """Raises UsageError, one line, for a file that is none of SpeechBrain's ECAPA-TDNN."""
        try:
            self._network = EcapaTdnn.of(read_tensors(weights))
        except UsageError as error:
            raise UsageError(f"--weights speaker_similarity_ecapa={weights}: {error}") from error
        self._filters = mel_filters()

    def embed(self, signal: Signal) -> NDArray[np.float32]:
        """Of `signal` [samples] at 16 kHz."""
        with torch.no_grad():
            embedding = self._network(features(torch.from_numpy(signal.astype(np.float32)), self._filters)[None])[0]
            unit: NDArray[np.float32] = F.normalize(embedding, dim=0).numpy()
        return unit


def features(signal: Tensor, filters: Tensor) -> Tensor:
    """Log mel power in dB of `signal` [samples], down to 80 dB below the loudest, less its mean over time:
    [bands, frames].
    """
    window = torch.hamming_window(WINDOW)
    spectrum = torch.stft(signal, WINDOW, HOP, WINDOW, window, center=True, pad_mode="constant", return_complex=True)
    power = torch.view_as_real(spectrum).square().sum(-1)  # [bins, frames]
    decibels = 10 * torch.log10((filters @ power).clamp(FLOOR))
    decibels = torch.maximum(decibels, decibels.max() - TOP_DB)
    return decibels - decibels.mean(dim=1, keepdim=True)


def mel_filters() -> Tensor:
    """Triangles [bands, bins], as wide on both sides as to their lower neighbour."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    hertz = 700 * (10 ** (torch.linspace(0, float(top), BANDS + 2) / 2595) - 1)
    centres, widths = hertz[1:-1, None], (hertz[1:] - hertz[:-1])[:-1, None]
    slopes = (torch.linspace(0, RATE // 2, WINDOW // 2 + 1)[None] - centres) / widths
    return torch.minimum(slopes + 1, 1 - slopes).clamp(0)
