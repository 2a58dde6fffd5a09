"""IBPCodec's anchors, its bands, and that a stream is the signal at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from codecbench_ibpcodec import PAPER, REFERENCE, build
from codecbench_ibpcodec.config import IbpcodecConfiguration
from codecbench_ibpcodec.model import Ibpcodec, analyze_band, synthesize_band
from codecbench_layers.causal import streaming
from torch import nn

from codecbench.api import CodecOptions
from codecbench.cost.card import build as build_for_card
from codecbench.cost.card import card_latency
from codecbench.cost.macs import count_macs


def macs_per_second(configuration: IbpcodecConfiguration) -> tuple[float, float]:
    """Of encoder and decoder at 10 s: as codecbench counts, and with transposed convolutions by output positions."""
    model = Ibpcodec(configuration).eval()
    audio = torch.zeros(1, 1, 160000)
    latents = model.encoder(audio)
    count = count_macs(lambda: (model.encoder(audio), model.decoder(latents)))
    assert not count.unknown
    surplus = 0

    def add_surplus(module: nn.ConvTranspose2d, inputs: tuple[torch.Tensor], _: torch.Tensor) -> None:
        nonlocal surplus
        positions = inputs[0].shape[-1] * inputs[0].shape[-2]
        surplus += (module.stride[0] - 1) * module.weight.numel() * positions

    for module in model.modules():
        if isinstance(module, nn.ConvTranspose2d):
            module.register_forward_hook(add_surplus)
    model.decoder(latents)
    return count.total / 10, (count.total + surplus) / 10


def test_the_papers_size_is_met() -> None:
    assert sum(p.numel() for p in Ibpcodec(IbpcodecConfiguration.paper()).parameters()) == pytest.approx(
        4.8e6, rel=0.03
    )


@pytest.mark.parametrize(
    ("configuration", "published"),
    [
        (IbpcodecConfiguration.paper(), 0.35e9),  # fitted
        (IbpcodecConfiguration.paper_full_band(), 0.47e9),  # predicted
        (IbpcodecConfiguration.paper_half_band(), 0.27e9),  # predicted
    ],
    ids=["P=0.75", "P=1", "P=0.5"],
)
def test_the_papers_cost_by_output_positions(configuration: IbpcodecConfiguration, published: float) -> None:
    true, by_output = macs_per_second(configuration)
    assert by_output == pytest.approx(published, rel=0.05)
    assert true < by_output


def test_doubling_the_last_channels_changes_cost_and_size() -> None:
    paper = IbpcodecConfiguration.paper()
    wide = replace(paper, channels=(16, 16, 24, 64))
    assert macs_per_second(wide)[0] > 2 * macs_per_second(paper)[0]
    sizes = [sum(p.numel() for p in Ibpcodec(configuration).parameters()) for configuration in (paper, wide)]
    assert sizes[1] > 3 * sizes[0]


def test_the_latency_is_the_windows_40_ms() -> None:
    latency = card_latency(build_for_card("ibpcodec:paper"), PAPER.points, positions=[0, 319], signals=4).latency
    assert latency.total_ms == 40.0
    assert PAPER.latency_ms == 40.0


def test_a_band_is_the_spectrum_in_other_words() -> None:
    spectrum = torch.randn(2, 9, 5, dtype=torch.complex64)
    band = analyze_band(spectrum)
    assert band.shape == (2, 3, 9, 5)
    assert torch.allclose(band[:, 1].square() + band[:, 2].square(), torch.ones(2, 9, 5), atol=1e-5)
    assert torch.allclose(synthesize_band(band), spectrum, atol=1e-5)


def test_the_high_band_is_predicted_and_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Ibpcodec(IbpcodecConfiguration.reference()).eval()
    audio = 0.1 * torch.randn(1, 1, 6400)
    spectrum = model.encoder.stft.analyze(audio[:, 0])
    with torch.no_grad():
        latents = model.encoder(audio)
        for place, same in ((slice(384, None), True), (slice(300, 301), False)):
            changed = spectrum.clone()
            changed[:, place] *= 100
            monkeypatch.setattr(model.encoder.stft, "analyze", lambda _, value=changed: value)
            assert torch.equal(model.encoder(audio), latents) is same
        decoded = model.decoder(latents)
    assert model.decoder.stft.analyze(decoded[:, 0])[:, 384:].abs().mean() > 0


@pytest.mark.parametrize("card", [PAPER, REFERENCE], ids=lambda card: card.checkpoint)
@pytest.mark.parametrize("pieces", [[1] * 30, [7, 1, 22]])
def test_streaming_equals_offline(card, pieces: list[int]) -> None:
    model = build(CodecOptions(card.checkpoint)).model
    torch.manual_seed(0)
    audio = 0.1 * torch.randn(1, 1, 30 * card.frame)
    with torch.no_grad():
        codes = model.quantizer.encode(model.encoder(audio), 6)
        offline = model.decoder(model.quantizer.decode(codes))
        with streaming(model):
            parts = [*audio.split([count * card.frame for count in pieces], dim=-1), torch.zeros(1, 1, card.lookahead)]
            arrived = [model.quantizer.encode(model.encoder(part), 6) for part in parts]
            online = torch.cat([model.decoder(model.quantizer.decode(part)) for part in arrived], dim=-1)
    assert torch.equal(torch.cat(arrived, dim=-1), codes)
    assert torch.allclose(online[..., card.lookahead :], offline, atol=1e-5)
