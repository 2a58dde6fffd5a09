"""FACodec under training: its start, its streams, and the pitch that its prosody is trained to tell."""

from __future__ import annotations

import math

import pytest
import torch

from recipes.facodec import facodec
from recipes.voices import FORMANT_FACTORS, changed, formants_shifted, pitch_track


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


def vowel(hertz: float, formant: float, samples: int = 16000) -> torch.Tensor:
    """Harmonics of `hertz` under one resonance 120 Hz wide, on a floor 30 dB below."""
    time, harmonics = torch.arange(samples) / 16000, torch.arange(1, int(7900 / hertz))
    levels = 1 / (1 + ((harmonics * hertz - formant) / 60) ** 2).sqrt() + 0.03
    waves = torch.cos(2 * torch.pi * hertz * harmonics[:, None] * time + harmonics[:, None] ** 2)
    return 0.05 * (levels[:, None] * waves).sum(0)[None, None]


def resonance(audio: torch.Tensor, low: float, high: float) -> float:
    """Centre of the power between two frequencies."""
    hertz, power = torch.fft.rfftfreq(audio.shape[-1], 1 / 16000), torch.fft.rfft(audio[0, 0]).abs().square()
    inside = (hertz > low) & (hertz < high)
    return float((hertz * power)[inside].sum() / power[inside].sum())


@pytest.mark.parametrize("factor", [*FORMANT_FACTORS, 1.0])
def test_a_formant_moves_by_the_factor_and_pitch_does_not(factor: float) -> None:
    original = vowel(110.0, 1500.0)
    shifted = formants_shifted(original, torch.tensor([factor]))
    assert resonance(original, 1000, 2000) == pytest.approx(1500, rel=0.02)
    assert resonance(shifted, 1000, 2000) == pytest.approx(factor * 1500, rel=0.03)
    pitches = [pitch_track(signal[:, 0], 200) for signal in (original, shifted)]
    medians = [float(pitch[voiced].median()) for pitch, voiced in pitches]
    assert medians[1] == pytest.approx(medians[0], abs=0.01)
    if factor == 1:
        assert torch.allclose(shifted, original, atol=1e-5)


def test_each_item_has_its_own_factor_and_silence_stays() -> None:
    pair = torch.cat([vowel(110.0, 1500.0), torch.zeros(1, 1, 16000)])
    shifted = formants_shifted(pair, torch.tensor([0.9, 1.1]))
    alone = formants_shifted(pair[:1], torch.tensor([0.9]))
    assert torch.allclose(shifted[:1], alone, atol=1e-6)
    assert shifted[1].abs().max() == 0


def test_some_items_are_coded_from_a_changed_signal_and_told_from_the_original() -> None:
    """The encoder sees the batch and, changed, its first quarter; the timbre is of what was not changed."""
    trainee, seen = facodec(0), {}

    def look(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...], output: object) -> None:
        seen[module] = (inputs[0], output)

    encoder, timbre, quantizer = trainee.model.encoder, trainee.model.timbre_encoder, trainee.quantize
    for module in (encoder, timbre, quantizer):
        module.register_forward_hook(look)
    audio = torch.cat([vowel(hertz, 1500.0, 3200) for hertz in torch.linspace(90, 200, 9).tolist()])
    trainee(audio, torch.full((9,), 6))
    given, latents = seen[encoder]
    assert torch.equal(given[:9], audio)
    assert len(given) == 11
    assert (given[9:] - audio[:2]).abs().amax((1, 2)).min() > 1e-3
    assert torch.equal(seen[timbre][0], latents[:9])
    assert torch.equal(seen[quantizer][0], torch.cat([latents[9:], latents[2:9]]))


def test_changes_follow_the_generator() -> None:
    first, again, other = (changed(vowel(110.0, 1500.0), torch.Generator().manual_seed(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


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
    for part in trainee.quantize.parts:
        part.decay = 1.0  # else each call moves the codes, towards an item that only its changed signal placed
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
