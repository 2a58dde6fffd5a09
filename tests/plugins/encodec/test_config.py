from __future__ import annotations

import pytest
import torch
from codecbench_encodec import CARDS
from codecbench_encodec.config import CONFIGURATIONS

from codecbench.api import CodecCard


def test_parameters_are_the_published_ones() -> None:
    counts = {}
    for name, configuration in CONFIGURATIONS.items():
        with torch.device("meta"):
            counts[name] = sum(p.numel() for p in configuration().build().parameters())
    assert counts["facebook-24khz"] == 14_851_810
    assert counts["facebook-48khz"] == 14_856_294
    assert counts["reference"] <= 3_000_000


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.checkpoint)
def test_nominal_rates_are_bits_per_frame_times_frame_rate(card: CodecCard) -> None:
    frame_rate = card.sample_rate / CONFIGURATIONS[card.checkpoint]().hop
    for point in card.points:
        assert point.nominal_kbps == pytest.approx(point.settings["codebooks"] * 10 * frame_rate / 1000, rel=1e-12)
    assert len({point.label for point in card.points}) == len(card.points)


def test_only_segments_have_a_scale_in_the_payload() -> None:
    assert {name: made().scaled for name, made in CONFIGURATIONS.items()} == {
        "reference": False, "facebook-24khz": False, "facebook-48khz": True,
    }  # fmt: skip
