"""LaDiffCodec under training: a fresh model passes the waveform on, and every part gets a gradient."""

from __future__ import annotations

import math

import pytest
import torch
from codecbench_ladiff.level import brought_to_level

from recipes.codecs.ladiff import build


def voice(hertz: float, samples: int = 12800) -> torch.Tensor:
    time = torch.arange(samples) / 16000
    harmonics = [torch.sin(2 * math.pi * hertz * k * time + k) / k for k in range(1, 12)]
    return 0.05 * torch.stack(harmonics).sum(0)[None, None]


def likeness(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(torch.cosine_similarity(one.flatten(), other.flatten(), 0))


@pytest.mark.parametrize("sampler", ["halfway", "none"])
def test_ladiff_starts_as_its_condition(sampler: str) -> None:
    model, audio = build(0).model.eval(), voice(110.0)
    with torch.no_grad():
        leveled, gain = brought_to_level(audio)
        latents = model.sample(model.encoder(leveled), sampler, 4, 0.1, seed=0)
        decoded = model.decoder(latents) / gain
    assert likeness(decoded, audio) > 0.6


def test_every_parameter_that_coding_uses_is_trained() -> None:
    trainee = build(0)
    trainee.quantize.warm_up = 2
    audio = torch.cat([voice(hertz, 6400) for hertz in (90.0, 120.0, 180.0, 240.0)])
    for _ in range(3):
        passed = trainee(audio, torch.full((4,), max(trainee.counts)))
    ((passed.decoded - audio).square().sum() + passed.quantizer_loss).backward()
    without = {
        name
        for name, parameter in trainee.model.named_parameters()
        if parameter.grad is None and not name.startswith("condition.decoder.")  # plays no part in coding
    }
    assert not without
