"""What a crop's voice is, and another's: pitch tracks to learn from, and signals with the formants of someone else."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from codecbench.training_speech import SAMPLE_RATE

PITCH_HERTZ = (60.0, 400.0)
PITCH_WINDOW = 640
VOICED = 0.5
"""Normalised autocorrelation above which a frame has a pitch."""
NEAR_PEAK = 0.85
"""Share of the highest peak from which on an earlier one is taken for the period."""
EQUALIZER_DB = 9.0
EQUALIZER_BANDS = 6
FORMANT_FACTORS = (0.85, 1.18)
FORMANT_WINDOW = 512
"""Samples, and four times the hop, of the analysis in which formants are shifted."""
FORMANT_QUEFRENCIES = 32
"""Cepstral coefficients that make a spectral envelope: up to 2 ms, less than the period of any voice's pitch."""


def changed(audio: Tensor, generator: torch.Generator) -> Tensor:
    """`audio` [batch, 1, samples] as another mouth and another room might have sounded; timing and pitch are kept.

    What this changes, the codes cannot tell of the original: only the timbre can (Choi et al. 2021, "Neural Analysis
    and Synthesis", on information perturbation; the ranges are our choice).
    """
    low, high = FORMANT_FACTORS
    factors = low * (high / low) ** torch.rand(len(audio), generator=generator).to(audio.device)
    return equalized(formants_shifted(audio, factors), generator)


@torch.no_grad()
def formants_shifted(audio: Tensor, factors: Tensor) -> Tensor:
    """`audio` [batch, 1, samples] with the frequencies of each item's formants times its factor [batch].

    Each short-time spectrum is multiplied by its warped over its present envelope, both from the low quefrencies of its
    cepstrum; so its harmonics stay where they are.
    """
    window = torch.hann_window(FORMANT_WINDOW, device=audio.device)
    hop = FORMANT_WINDOW // 4
    spectrum = torch.stft(audio[:, 0], FORMANT_WINDOW, hop, window=window, pad_mode="constant", return_complex=True)
    cepstrum = torch.fft.irfft(spectrum.abs().clamp(min=1e-3).log(), dim=1)[:, 1:FORMANT_QUEFRENCIES]
    radians = (
        torch.linspace(0, math.pi, spectrum.shape[1], device=audio.device)[:, None]
        * torch.arange(1, FORMANT_QUEFRENCIES, device=audio.device)
    )  # fmt: skip
    warped = (radians / factors[:, None, None]).minimum(radians[-1])  # [batch, bins, quefrencies]
    gains = (2 * (torch.cos(warped) - torch.cos(radians)) @ cepstrum).exp()
    shifted = torch.istft(spectrum * gains, FORMANT_WINDOW, hop, window=window, length=audio.shape[-1])
    return shifted[:, None]


@torch.no_grad()
def equalized(audio: Tensor, generator: torch.Generator) -> Tensor:
    """`audio` [batch, 1, samples] through a smooth random filter without phase, another for each item."""
    gains = EQUALIZER_DB * (2 * torch.rand(len(audio), 1, EQUALIZER_BANDS, generator=generator) - 1).to(audio.device)
    spectrum = torch.fft.rfft(audio)
    curve = F.interpolate(gains, spectrum.shape[-1], mode="linear", align_corners=True)
    filtered: Tensor = torch.fft.irfft(spectrum * 10 ** (curve / 20), audio.shape[-1])
    return filtered / filtered.abs().amax(-1, keepdim=True).clamp(min=1.0)


@torch.no_grad()
def pitch_track(audio: Tensor, hop: int) -> tuple[Tensor, Tensor]:
    """Of `audio` [batch, samples] at 16 kHz: log2(f / 150 Hz) and whether there is a pitch.

    Both [batch, samples / hop], from the highest peak of each frame's normalised autocorrelation.
    """
    frames = F.pad(audio, ((PITCH_WINDOW - hop) // 2, PITCH_WINDOW)).unfold(-1, PITCH_WINDOW, hop)
    frames = frames[:, : audio.shape[-1] // hop]
    frames = frames - frames.mean(-1, keepdim=True)
    spectrum = torch.fft.rfft(frames, 2 * PITCH_WINDOW).abs().square()
    correlation = torch.fft.irfft(spectrum)[..., :PITCH_WINDOW]
    correlation = correlation / (1 - torch.arange(PITCH_WINDOW, device=audio.device) / PITCH_WINDOW).clamp(min=0.1)
    low, high = (round(SAMPLE_RATE / hertz) for hertz in reversed(PITCH_HERTZ))
    strength = correlation[..., low:high] / correlation[..., :1].clamp(min=1e-5)
    peak = strength.amax(-1)
    inside = (strength >= F.pad(strength, (1, 0))[..., :-1]) & (strength >= F.pad(strength, (0, 1))[..., 1:])
    lag = (inside & (strength >= NEAR_PEAK * peak[..., None])).int().argmax(-1)  # the first: not a multiple of it
    pitch = torch.log2(SAMPLE_RATE / (lag + low) / 150)
    return pitch, peak > VOICED
