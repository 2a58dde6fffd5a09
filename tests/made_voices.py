"""Sounds of known pitch and formants, as tensors."""

from __future__ import annotations

import torch


def voice(hertz: float, samples: int = 8000) -> torch.Tensor:
    time = torch.arange(samples) / 16000
    harmonics = [torch.sin(2 * torch.pi * hertz * k * time + k) / k for k in range(1, 12)]
    return 0.05 * torch.stack(harmonics).sum(0)[None, None]


def vowel(hertz: float, formant: float, samples: int = 16000) -> torch.Tensor:
    """Harmonics of `hertz` under one resonance 120 Hz wide, on a floor 30 dB below."""
    time, harmonics = torch.arange(samples) / 16000, torch.arange(1, int(7900 / hertz))
    levels = 1 / (1 + ((harmonics * hertz - formant) / 60) ** 2).sqrt() + 0.03
    waves = torch.cos(2 * torch.pi * hertz * harmonics[:, None] * time + harmonics[:, None] ** 2)
    return 0.05 * (levels[:, None] * waves).sum(0)[None, None]
