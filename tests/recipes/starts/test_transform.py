"""A fresh model passes the waveform on, and its quantizer soon does."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
from codecbench_facodec.model import Facodec

from recipes.codecs import build, trained
from recipes.starts.transform import start_as_transform
from recipes.training.optimizer import learning_share
from recipes.training.schedule import RATES


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


@pytest.mark.parametrize("codec", ["vocodec", "ibpcodec", "plain"])
def test_a_fresh_model_passes_the_envelope_on(codec: str) -> None:
    trainee = build(codec, 0)
    audio = voice(12800)
    with torch.no_grad():
        decoded = trainee.model.decoder(trainee.model.encoder(audio))
    ours, theirs = envelope(decoded), envelope(audio)
    assert (ours - theirs).abs().mean() < 0.55 * (theirs - theirs.mean()).abs().mean()


def passed(model: Any, audio: torch.Tensor) -> torch.Tensor:
    """Decoded from unquantized latents, as long as they reach."""
    latents = model.encoder(audio)
    if not isinstance(model, Facodec):
        decoded: torch.Tensor = model.decoder(latents)
        return decoded
    dimension = model.timbre_encoder.dimension  # its rows beyond are for prosody
    spoken: torch.Tensor = model.decoder(latents[:, :dimension], model.timbre_encoder(latents))
    return spoken


WAVEFORM = ["dac", "encodec", "eulerodec", "facodec"]


@pytest.mark.parametrize("codec", WAVEFORM)
def test_a_fresh_model_passes_the_waveform_on(codec: str) -> None:
    audio = voice()
    with torch.no_grad():
        decoded = passed(build(codec, 0).model, audio)
    assert correlation(audio[..., : decoded.shape[-1]], decoded[..., : audio.shape[-1]]) > 0.8


@pytest.mark.parametrize("codec", WAVEFORM)
def test_a_step_of_the_highest_rate_on_every_weight_does_not_destroy_the_start(codec: str) -> None:
    """The optimizer moves each weight and bias by about its share of the rate, whatever its size: here all at once.

    When signals were of 0.01 between the layers, this left a correlation of 0.5 to EnCodec, 0.6 to DAC, 0.2 to FACodec.
    """
    model, audio = build(codec, 0).model, voice()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        before = passed(model, audio)
        for module in model.modules():
            for parameter in module.parameters(recurse=False):
                signs = 2 * torch.randint(0, 2, parameter.shape, generator=generator) - 1
                parameter.add_(max(RATES) * learning_share(module, parameter) * signs.to(parameter.dtype))
        assert correlation(before, passed(model, audio)) > 0.95


@pytest.mark.parametrize("codec", sorted(trained()))
def test_the_seed_decides_the_start(codec: str) -> None:
    one, same, other = (build(codec, seed).model.state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert any(not torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(("codec", "module"), [("dac", "codecs.dac"), ("encodec", "starts.seanet")])
def test_a_start_of_the_whole_band_passes_its_energy_on(
    codec: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of noise from 3.5 to 6 kHz, which the lowest coefficients do not reach: within 4 dB."""
    audio = 0.05 * torch.randn(1, 1, 16000, generator=torch.Generator().manual_seed(0))
    powers = {}
    for whole in (False, True):
        monkeypatch.setattr(
            import_module(f"recipes.{module}"), "start_as_transform",
            lambda path, seed, whole=whole: start_as_transform(replace(path, whole_band=whole), seed),
        )  # fmt: skip
        powers[whole] = high_power(passed(build(codec, 0).model, audio)) / high_power(audio)
    assert powers[False] < 0.1
    assert 0.4 < powers[True] < 2.5


def high_power(audio: torch.Tensor) -> float:
    return float(torch.fft.rfft(audio.detach(), 16000).abs().square()[..., 3500:6000].sum())
