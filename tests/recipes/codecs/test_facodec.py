"""FACodec under training: its start, its streams, and the pitch that its prosody is trained to tell."""

from __future__ import annotations

import torch
from made_voices import voice, vowel

from recipes.codecs.facodec import build


def test_some_items_are_coded_from_a_changed_signal_and_told_from_the_original() -> None:
    """The encoder sees the batch and, changed, its first quarter; the timbre is of what was not changed."""
    trainee, seen = build(0), {}

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


def test_the_start_passes_the_waveform_before_any_update() -> None:
    trainee, audio = build(0), voice(110.0, 16000)
    with torch.no_grad():
        latents = trainee.model.encoder(audio)
        decoded = trainee.model.decoder(latents[:, :96], trainee.model.timbre_encoder(latents))
    assert float(torch.cosine_similarity(decoded.flatten(), audio.flatten(), 0)) > 0.5


def test_training_quantizes_as_the_codec_does_and_prosody_hears_of_pitch() -> None:
    trainee = build(0)
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
    trainee = build(0)
    assert not any("head" in name for name in trainee.model.state_dict())
    assert sum(value.numel() for value in trainee.model.state_dict().values()) * 2 < 5_500_000
