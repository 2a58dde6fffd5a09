"""A fresh model passes the waveform on, and its quantizer soon does."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from recipes.families import FAMILIES
from recipes.initialization import lowest_dct


def voice(samples: int = 16000) -> torch.Tensor:
    """A harmonic sound of 120 Hz with a slow envelope: [1, 1, samples]."""
    time = np.arange(samples) / 16000
    tone = sum(np.sin(2 * np.pi * 120 * k * time + k) / k for k in range(1, 15))
    return torch.from_numpy((0.05 * tone * (1 + np.sin(2 * np.pi * 3 * time))).astype(np.float32))[None, None]


def correlation(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a * b).sum() / (a.norm() * b.norm()))


def envelope(audio: torch.Tensor) -> torch.Tensor:
    """Log magnitudes [frames, bins] of [1, 1, samples], of what can be heard."""
    spectrum = torch.stft(audio[0], 640, 320, window=torch.hann_window(640), center=False, return_complex=True)
    return spectrum[0].abs().clamp(min=1e-2).log().T


@pytest.mark.parametrize("codec", ["vocodec", "ibpcodec"])
def test_a_fresh_model_passes_the_envelope_on(codec: str) -> None:
    trainee = FAMILIES[codec](0)
    audio = voice(12800)
    with torch.no_grad():
        decoded = trainee.model.decoder(trainee.model.encoder(audio))
    ours, theirs = envelope(decoded), envelope(audio)
    assert (ours - theirs).abs().mean() < 0.55 * (theirs - theirs.mean()).abs().mean()


@pytest.mark.parametrize("codec", ["encodec", "dac"])
def test_a_fresh_model_passes_the_waveform_on(codec: str) -> None:
    trainee = FAMILIES[codec](0)
    audio = voice()
    with torch.no_grad():
        decoded = trainee.model.decoder(trainee.model.encoder(audio))
    assert correlation(audio[..., : decoded.shape[-1]], decoded) > 0.5


@pytest.mark.parametrize("codec", sorted(FAMILIES))
def test_the_seed_decides_the_start(codec: str) -> None:
    one, same, other = (FAMILIES[codec](seed).model.state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_the_dct_is_orthonormal() -> None:
    rows = lowest_dct(40, 320)
    assert torch.allclose(rows @ rows.T, torch.eye(40), atol=1e-5)
