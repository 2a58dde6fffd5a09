"""The controls are what they are called: one is causal at 40 ms, one costs what the median codec does."""

from __future__ import annotations

from importlib import import_module
from statistics import median

import pytest
import torch

from codecbench.cost.figures import load_figures
from codecbench.cost.macs import count_macs
from recipes.codecs import build, codecs, controls, nominal_kbps
from recipes.training.trainee import Trainee

SECONDS = 2
STAGES = ("encoder_macs_per_s", "quantizer_macs_per_s", "decoder_macs_per_s")


def reach(trainee: Trainee, changed: int) -> int:
    """Samples of output, before `changed`, that depend on input from there on."""
    audio = 0.1 * torch.randn(1, 1, 3 * 16000, generator=torch.Generator().manual_seed(0))
    other = audio.clone()
    other[..., changed:] = 0.1 * torch.randn(other[..., changed:].shape, generator=torch.Generator().manual_seed(1))
    differs = (trainee.unquantized(audio) != trainee.unquantized(other))[0, 0].nonzero()
    return changed - int(differs[0])


def spread_out(trainee: Trainee) -> Trainee:
    """Damped branches would hide what they see."""
    with torch.no_grad():
        for name, parameter in trainee.model.named_parameters():
            if "narrow" in name:
                parameter.normal_(generator=torch.Generator().manual_seed(0))
    return trainee


def test_the_causal_control_has_a_latency_of_40_ms() -> None:
    trainee = spread_out(build("plain_causal", 0))
    assert max(reach(trainee, 16000 + offset) for offset in range(0, 320, 64)) < 640
    assert reach(trainee, 16000) == 640 - 320, "the frame that a sample is in, and the one before it"
    assert reach(spread_out(build("plain", 0)), 16000) > 16000 * 0.3


@torch.no_grad()
def macs_per_s(trainee: Trainee) -> float:
    model = trainee.model.eval()
    audio = torch.zeros(1, 1, SECONDS * 16000)

    def code() -> None:
        latents = model.encoder(audio)
        model.decoder(model.quantizer.decode(model.quantizer.encode(latents, max(trainee.counts))))

    counted = count_macs(code)
    assert not counted.unknown
    return counted.total / SECONDS


def test_the_larger_control_costs_what_the_median_codec_does() -> None:
    figures = [load_figures(f"codecbench_{name}", f"{name}:reference") for name in codecs()]
    typical = median(sum(one[stage] for stage in STAGES) for one in figures)
    assert macs_per_s(build("plain_macs", 0)) == pytest.approx(typical, rel=0.06)
    assert macs_per_s(build("plain_causal", 0)) == pytest.approx(macs_per_s(build("plain", 0)), rel=1e-6)


def test_every_control_has_the_same_rates() -> None:
    assert controls() == ("plain", "plain_causal", "plain_macs")
    assert {tuple(nominal_kbps(name).values()) for name in controls()} == {(1.0, 2.0, 3.0, 6.0)}
    for name in controls():
        assert import_module(f"recipes.codecs.{name}").__doc__
