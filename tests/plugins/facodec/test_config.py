from __future__ import annotations

import pytest
from codecbench_facodec import AMPHION, REFERENCE
from codecbench_facodec.config import CONFIGURATIONS

from codecbench.api import CodecCard


@pytest.mark.parametrize("card", [REFERENCE, AMPHION], ids=lambda card: card.checkpoint)
def test_rates_are_those_of_codebooks_of_which_only_detail_is_dropped(card: CodecCard) -> None:
    configuration = CONFIGURATIONS[card.checkpoint]()
    assert [point.settings["codebooks"] for point in card.points] == [3, 4, 5, 6]
    assert [point.nominal_kbps for point in card.points] == pytest.approx([2.4, 3.2, 4.0, 4.8])
    assert sum(configuration.streams) == 6
    assert configuration.hop == card.frame == 200


def test_both_sides_have_a_width_for_each_stride() -> None:
    for made in CONFIGURATIONS.values():
        configuration = made()
        assert len(configuration.encoder_widths) == len(configuration.decoder_widths) == len(configuration.strides) + 1
        assert configuration.dimension % configuration.timbre_heads == 0
