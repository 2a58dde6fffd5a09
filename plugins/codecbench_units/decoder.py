"""From codes to a waveform: a network of spectral envelopes, and a source that they filter.

The source is a pulse train at the coded F0 plus noise, each shaped by its own envelope in the short-time spectrum, as
in LPC and WORLD vocoders and, with a network for the envelopes, in DDSP (Engel et al. 2020) and neural source-filter
models (Wang et al. 2019). So F0 is followed by construction, and minutes of training are enough; the paper's HiFi-GAN
would take days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench_units.config import CEPSTRA, HOP, SAMPLE_RATE, DecoderConfiguration
from codecbench_units.prosody import Contour, PitchRange

TOP_HZ = 7600.0
"""Harmonics end here."""
LARGEST_LOG = 4.0
"""Of an envelope: keeps the exponential finite."""
MIDDLE, WIDE = 5.0, 0.4
"""Of log F0, as the network is given it."""
FIRST_LOG = -3.0
"""Of an untrained envelope: about the level of speech."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """What the network gets: `units` [batch, frames]; `pitch` [batch, 2, frames], log F0 normalised and voicing;
    `speaker` [batch, 26].
    """

    units: Tensor
    pitch: Tensor
    speaker: Tensor

    def to(self, device: torch.device) -> Conditions:
        return Conditions(self.units.to(device), self.pitch.to(device), self.speaker.to(device))

    @classmethod
    def of(
        cls, units: NDArray[np.int64], contour: Contour, span: PitchRange, cepstrum: NDArray[np.float64]
    ) -> Conditions:
        """Of one file."""
        pitch = pitch_rows(contour)
        speaker = np.concatenate([cepstrum, [(span.mean - MIDDLE) / WIDE, span.spread]])
        return cls(
            torch.from_numpy(units)[None],
            torch.from_numpy(pitch)[None],
            torch.from_numpy(speaker.astype(np.float32))[None],
        )


def pitch_rows(contour: Contour) -> NDArray[np.float32]:
    """Log F0 normalised, and voicing, as the network takes them [2, frames]."""
    return np.stack([(contour.log_pitch - MIDDLE) / WIDE, contour.voicing]).astype(np.float32)


class Block(nn.Module):
    """ConvNeXt's block over frames, not causal (Liu et al. 2022)."""

    def __init__(self, width: int, kernel: int, expansion: int, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Conv1d(width, expansion * width, 1)
        self.narrow = nn.Conv1d(expansion * width, width, 1)
        self.scale = nn.Parameter(torch.full((width, 1), scale))

    def forward(self, frames: Tensor) -> Tensor:
        inner = self.norm(self.depthwise(frames).transpose(1, 2)).transpose(1, 2)
        total: Tensor = frames + self.scale * self.narrow(F.gelu(self.widen(inner)))
        return total


class UnitDecoder(nn.Module):
    """Conditions to log envelopes, and these with a source to a waveform."""

    spread: Tensor
    hann: Tensor

    def __init__(self, configuration: DecoderConfiguration) -> None:
        super().__init__()
        size = self.configuration = configuration
        width, count = size.width, size.blocks + size.fine_blocks
        self.embed = nn.Embedding(size.units, size.embedding)
        self.enter = nn.Conv1d(size.embedding + 2, width, 1)
        self.speaker = nn.Linear(CEPSTRA + 2, width)

        def stack(blocks: int) -> nn.Sequential:
            return nn.Sequential(*(Block(width, size.kernel, size.expansion, 1 / count) for _ in range(blocks)))

        self.coarse, self.fine = stack(size.blocks), stack(size.fine_blocks)
        self.refine = nn.Conv1d(width, HOP // size.hop * width, 1)
        self.leave = nn.Conv1d(width, 2 * size.bands, 1)
        nn.init.constant_(self.leave.bias, FIRST_LOG)  # type: ignore[arg-type]
        self.register_buffer("spread", band_shapes(size.bands, size.window), persistent=False)
        self.register_buffer("hann", torch.hann_window(size.window), persistent=False)

    def envelopes(self, conditions: Conditions) -> Tensor:
        """Log gains [batch, 2, bands, envelopes] of pulses and of noise, one each `hop` samples."""
        embedded = self.embed(conditions.units).transpose(1, 2)
        frames = self.enter(torch.cat([embedded, conditions.pitch], dim=1))
        frames = self.coarse(frames + self.speaker(conditions.speaker)[..., None])
        batch, width, count = frames.shape
        fine = self.refine(frames).view(batch, -1, width, count)  # [batch, parts, width, frames]
        fine = self.fine(fine.permute(0, 2, 3, 1).reshape(batch, width, -1))
        return self.leave(fine).view(batch, 2, -1, fine.shape[-1])  # type: ignore[no-any-return]

    def forward(self, conditions: Conditions, source: Tensor) -> Tensor:
        """`source` [batch, 2, samples], pulses and noise, to audio [batch, 1, samples]."""
        return self.filtered(self.envelopes(conditions), source)

    def filtered(self, envelopes: Tensor, source: Tensor) -> Tensor:
        """The source's short-time spectrum times the envelopes, and back."""
        size = self.configuration
        batch, _, samples = source.shape
        spectrum = torch.stft(
            source.flatten(0, 1), size.window, size.hop, window=self.hann, center=True, return_complex=True
        )  # [2 batch, bins, samples / hop + 1]
        logs = torch.einsum("bpkt,kf->bpft", envelopes.clamp(max=LARGEST_LOG), self.spread)
        gains = F.pad(logs.flatten(0, 1), (0, 1), mode="replicate").exp()
        shaped = (spectrum * gains).view(batch, 2, *gains.shape[1:]).sum(1)
        audio = torch.istft(shaped, size.window, size.hop, window=self.hann, center=True, length=samples)
        return audio[:, None]


def band_shapes(bands: int, window: int) -> Tensor:
    """Straight lines between the middles of bands on the mel scale: [bands, window // 2 + 1]."""
    mel = 2595 * np.log10(1 + np.linspace(0, SAMPLE_RATE / 2, window // 2 + 1) / 700)
    middles = np.linspace(0, mel[-1], bands)
    return torch.from_numpy(np.stack([np.interp(mel, middles, row) for row in np.eye(bands)]).astype(np.float32))


def source_of(contour: Contour, seed: int) -> NDArray[np.float32]:
    """Pulses and noise [2, samples], each with unit power, of a contour in units' frames; noise follows from `seed`."""
    samples = len(contour.log_pitch) * HOP
    middles = (np.arange(len(contour.log_pitch)) + 0.5) * HOP
    hertz = np.exp(np.interp(np.arange(samples) + 0.5, middles, contour.log_pitch))
    noise = np.random.default_rng(seed).standard_normal(samples)
    return np.stack([pulses(hertz), noise]).astype(np.float32)


def pulses(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """All harmonics of `hertz` [samples] up to 7.6 kHz, equally loud, as cosines in phase: Dirichlet's kernel."""
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    harmonics = np.floor(TOP_HZ / hertz)
    half = np.mod(phase, 2 * np.pi) / 2
    sine = np.sin(half)
    near = np.abs(sine) < 1e-6
    total = np.where(near, harmonics, np.sin((2 * harmonics + 1) * half) / np.where(near, 1.0, 2 * sine) - 0.5)
    return np.asarray(total * np.sqrt(2 / harmonics))
