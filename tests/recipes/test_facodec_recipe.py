"""FACodec under training: its start, its streams, and the pitch that its prosody is trained to tell."""

from __future__ import annotations

import math

import pytest
import torch

from recipes.facodec import facodec, pitch_track


def voice(hertz: float, samples: int = 8000) -> torch.Tensor:
    time = torch.arange(samples) / 16000
    harmonics = [torch.sin(2 * torch.pi * hertz * k * time + k) / k for k in range(1, 12)]
    return 0.05 * torch.stack(harmonics).sum(0)[None, None]


def test_pitch_is_that_of_the_voice() -> None:
    for hertz in (80.0, 110.0):
        pitch, voiced = pitch_track(voice(hertz)[:, 0], 200)
        assert voiced.float().mean() > 0.9
        assert float(pitch[voiced].median()) == pytest.approx(math.log2(hertz / 150), abs=0.03)


def test_silence_and_noise_have_no_pitch() -> None:
    noise = torch.randn(1, 16000, generator=torch.Generator().manual_seed(0))
    for signal in (torch.zeros(1, 16000), 0.1 * noise):
        assert pitch_track(signal, 200)[1].float().mean() < 0.1


def test_the_start_passes_the_waveform_before_any_update() -> None:
    trainee, audio = facodec(0), voice(110.0, 16000)
    with torch.no_grad():
        latents = trainee.model.encoder(audio)
        decoded = trainee.model.decoder(latents, trainee.model.timbre_encoder(latents))
    assert float(torch.cosine_similarity(decoded.flatten(), audio.flatten(), 0)) > 0.5


def test_training_quantizes_as_the_codec_does_and_prosody_hears_of_pitch() -> None:
    trainee = facodec(0)
    trainee.quantize.warm_up = 2
    audio = torch.cat([voice(hertz) for hertz in (90.0, 120.0, 180.0, 240.0)])
    audio = audio + 0.01 * torch.randn(audio.shape, generator=torch.Generator().manual_seed(0))
    for _ in range(3):
        passed = trainee(audio, torch.full((4,), 6))
    trainee.zero_grad()
    passed.quantizer_loss.backward()
    stream = trainee.model.quantizer.streams[0].quantizers[0]
    assert stream.in_proj.weight.grad.abs().sum() > 0
    assert all(parameter.grad is not None for parameter in trainee.head.parameters())
    with torch.no_grad():
        latents = trainee.model.encoder(audio)
        for count in trainee.counts:
            trained = trainee.quantize(latents, torch.full((4,), count)).latents
            coded = trainee.model.quantizer.decode(trainee.model.quantizer.encode(latents, count))
            differing = (trained - coded).abs().amax(1) > 1e-2  # a tie that rounding breaks changes all after it
            assert differing.float().mean() < 0.05


def test_nothing_of_the_heads_is_exported() -> None:
    trainee = facodec(0)
    assert not any("head" in name for name in trainee.model.state_dict())
    assert sum(value.numel() for value in trainee.model.state_dict().values()) * 2 < 5_500_000
