from __future__ import annotations

import pytest
import torch
from codecbench_dac import CARDS
from codecbench_dac.config import CONFIGURATIONS

from codecbench.api import CodecCard


def test_parameters_are_the_published_ones() -> None:
    counts = {}
    for name, configuration in CONFIGURATIONS.items():
        with torch.device("meta"):
            counts[name] = sum(p.numel() for p in configuration().build().parameters())
    assert counts["descript-16khz"] == 74_175_906
    assert counts["descript-24khz"] == 74_708_706
    assert counts["descript-44khz"] == 76_651_890
    assert counts["reference"] <= 3_000_000


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.checkpoint)
def test_nominal_rates_are_bits_per_frame_times_frame_rate(card: CodecCard) -> None:
    for point in card.points:
        rate = point.settings["codebooks"] * 10 * card.sample_rate / card.frame / 1000
        assert point.nominal_kbps == pytest.approx(rate, rel=1e-12)
        assert point.settings["codebooks"] <= CONFIGURATIONS[card.checkpoint]().codebooks
    assert len({point.label for point in card.points}) == len(card.points)


def test_the_44_khz_rates_follow_the_exact_frame_rate() -> None:
    card = next(card for card in CARDS if card.checkpoint == "descript-44khz")
    assert card.points[0].nominal_kbps == 44100 / 512 * 10 / 1000
    assert card.points[-1].label == "7.75195"
