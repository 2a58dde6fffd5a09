"""EuleroDec under training: it starts as a passing transform, and its parts and the optimizer are complex."""

from __future__ import annotations

import pytest
import torch
from codecbench_eulerodec.config import EulerodecConfiguration
from torch.nn import functional as F

from recipes.codecs.eulerodec import REFRESH, WARM_UP, build
from recipes.training.half import halved

CONFIGURATION = EulerodecConfiguration.reference()


def chord(samples: int = 9600, batch: int = 1) -> torch.Tensor:
    """Tones below 700 Hz, another set for each item [batch, 1, samples]."""
    time = torch.arange(samples) / 16000
    tones = [[110.0 + 37 * item, 230.0 + 11 * item, 640.0] for item in range(batch)]
    return 0.05 * torch.stack([sum(torch.sin(2 * torch.pi * f * time + f) for f in each) for each in tones])[:, None]


def test_the_start_passes_low_frequencies_with_their_phase() -> None:
    trainee, audio = build(0), chord()
    trainee.model.eval()
    with torch.no_grad():
        decoded = trainee.model.decoder(trainee.model.encoder(audio))[..., : audio.shape[-1]]
    assert float(torch.cosine_similarity(decoded.flatten(), audio.flatten(), 0)) > 0.9


def test_the_papers_constants_are_used() -> None:
    assert (WARM_UP, REFRESH.every, REFRESH.probability, REFRESH.noise) == (30, 1, 0.015, 0.001)
    assert build(0).warm_up == 30
    assert CONFIGURATION.drop_path == 0.05


def test_codebooks_start_after_the_warm_up_from_latents() -> None:
    torch.manual_seed(0)
    trainee, counts = build(0), torch.full((4,), 12)
    trainee.quantize.warm_up = 6  # with 248 latents each: more than there are codes
    before = [layer.codebook.embed.clone() for layer in trainee.model.quantizer.layers]
    with torch.no_grad():
        for _ in range(6):
            audio = chord(batch=4) + 0.02 * torch.randn(4, 1, 9600)
            assert float(trainee(audio, counts).quantizer_loss) == 0
        assert all(torch.equal(layer.codebook.embed, old)
                   for layer, old in zip(trainee.model.quantizer.layers, before, strict=True))  # fmt: skip
        assert float(trainee(audio, counts).quantizer_loss) > 0
    trainee.model.eval()
    with torch.no_grad():
        latents = trainee.model.encoder(audio)
    errors = [float((trainee.requantized(latents, count) - latents).abs().square().mean()) for count in trainee.counts]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.3 * float(latents.abs().square().mean())


def test_adamw_moves_every_complex_parameter_and_the_loss_falls() -> None:
    torch.manual_seed(0)
    trainee, audio = build(0), chord(batch=2)
    trainee.quantize.warm_up = 1
    optimizer = torch.optim.AdamW(trainee.parameters(), 1e-3)
    before = {name: value.detach().clone() for name, value in trainee.named_parameters()}
    losses = []
    for _ in range(12):
        passed = trainee(audio, torch.full((2,), 12))
        loss = F.mse_loss(passed.decoded, audio) / audio.square().mean() + 0.01 * passed.quantizer_loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    after = dict(trainee.named_parameters())
    assert [name for name, value in before.items() if torch.equal(value, after[name])] == []
    assert all(torch.isfinite(torch.view_as_real(value) if value.is_complex() else value).all()
               for value in after.values())  # fmt: skip
    assert min(losses[-3:]) < losses[2]


@pytest.mark.parametrize("count", [2, 12])
def test_training_and_inference_quantize_alike(count: int) -> None:
    trainee, audio = build(0), chord(batch=4) + 0.01 * torch.randn(4, 1, 9600)
    trainee.quantize.warm_up = 1
    trainee.model.eval()
    with torch.no_grad():
        latents = trainee.model.encoder(audio)
        for _ in range(3):
            trained = trainee.quantize(latents, torch.full((4,), count)).latents
        coded = trainee.requantized(latents, count)
    assert float((trained - coded).abs().square().mean()) < 0.1 * float(latents.abs().square().mean())


def test_what_is_exported_is_light() -> None:
    """Parameters and codes in half precision, real and imaginary parts beside each other: below 6 MB."""
    state = build(0).model.state_dict()
    kept = {name: halved(value) for name, value in state.items() if not name.endswith(("embed_avg", "cluster_size"))}
    assert sum(value.nbytes for value in kept.values()) < 6_000_000
    assert kept["encoder.stem.weight"].shape == (*state["encoder.stem.weight"].shape, 2)
