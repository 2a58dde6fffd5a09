"""VoCodec's anchors, and that a stream is the signal at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from codecbench_layers.causal import streaming
from codecbench_vocodec import PAPER, REFERENCE, build
from codecbench_vocodec.config import VocodecConfiguration
from codecbench_vocodec.model import Vocodec

from codecbench.api import CodecOptions
from codecbench.cost.card import build as build_for_card
from codecbench.cost.card import card_latency, stage_figures
from codecbench.cost.macs import count_macs


def macs_per_second(configuration: VocodecConfiguration) -> tuple[float, float]:
    """Send and receive side of 10 s, per second."""
    model = Vocodec(configuration).eval()
    audio = torch.zeros(1, 1, 10 * configuration.sample_rate)
    with torch.no_grad():
        latents = model.encoder(audio)
    counts = [
        count_macs(run)
        for run in (
            lambda: model.quantizer.encode(model.encoder(audio), configuration.codebooks),
            lambda: model.decoder(latents),
        )
    ]
    assert not any(count.unknown for count in counts)
    return counts[0].total / 10, counts[1].total / 10


def test_the_papers_cost_is_met() -> None:
    send, receive = macs_per_second(VocodecConfiguration.paper())
    assert send + receive == pytest.approx(349.29e6, rel=0.02)  # fitted
    assert receive <= 150e6  # predicted


def test_doubling_the_width_changes_cost_and_size() -> None:
    paper = VocodecConfiguration.paper()
    wide = replace(paper, width=2 * paper.width)
    assert sum(macs_per_second(wide)) > 3 * sum(macs_per_second(paper))
    count = [sum(p.numel() for p in Vocodec(configuration).parameters()) for configuration in (paper, wide)]
    assert count[1] > 3 * count[0]


def test_the_card_states_what_is_measured() -> None:
    for card in (PAPER, REFERENCE):
        figures = stage_figures(build(CodecOptions(card.checkpoint)), card)
        assert figures["parameters"] == card.parameters
        assert figures["encoder_macs_per_s"] == card.encoder_macs_per_s
        assert figures["decoder_macs_per_s"] == card.decoder_macs_per_s
        assert figures["macs_unknown"] == []


def test_the_latency_is_the_windows_30_ms() -> None:
    latency = card_latency(build_for_card("vocodec:paper"), PAPER.points, positions=[0, 239], signals=4).latency
    assert latency.total_ms == 30.0
    assert PAPER.latency_ms == 30.0


def test_one_model_has_1_to_6_kbps() -> None:
    assert [point.nominal_kbps for point in PAPER.points] == [1, 2, 3, 4, 5, 6]
    assert [point.nominal_kbps for point in REFERENCE.points] == [1, 2, 3, 6]


@pytest.mark.parametrize("card", [PAPER, REFERENCE], ids=lambda card: card.checkpoint)
@pytest.mark.parametrize("pieces", [[1] * 30, [7, 1, 22], [30]])
def test_streaming_equals_offline(card, pieces: list[int]) -> None:
    model = build(CodecOptions(card.checkpoint)).model
    torch.manual_seed(0)
    audio = 0.1 * torch.randn(1, 1, 30 * card.frame)
    ends = torch.zeros(1, 1, card.lookahead)
    with torch.no_grad():
        codes = model.quantizer.encode(model.encoder(audio), 6)
        offline = model.decoder(model.quantizer.decode(codes))
        with streaming(model):
            parts = [*audio.split([count * card.frame for count in pieces], dim=-1), ends]
            arrived = [model.quantizer.encode(model.encoder(part), 6) for part in parts]
            online = torch.cat([model.decoder(model.quantizer.decode(part)) for part in arrived], dim=-1)
    assert torch.equal(torch.cat(arrived, dim=-1), codes)
    assert torch.allclose(online[..., card.lookahead :], offline, atol=1e-5)
