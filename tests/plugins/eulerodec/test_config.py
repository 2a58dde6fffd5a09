from __future__ import annotations

from math import prod

import pytest
from codecbench_eulerodec import CARDS, REFERENCE
from codecbench_eulerodec.config import CONFIGURATIONS

PAPERS = {card.checkpoint: card for card in CARDS if card.track == "untrained"}


def test_nominal_rates_are_exact() -> None:
    assert 1000 * PAPERS["paper-6kbps"].points[0].nominal_kbps == 6187.5
    assert 1000 * PAPERS["paper-12kbps"].points[0].nominal_kbps == 12375
    assert [point.nominal_kbps for point in REFERENCE.points] == [1, 2, 3, 6]


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_strides_divide_what_they_stride_over(name: str) -> None:
    configuration = CONFIGURATIONS[name]()
    assert configuration.bins % prod(frequency for frequency, _ in configuration.strides) == 0
    assert configuration.block % configuration.time_stride == 0
    assert configuration.channels[-1] % configuration.heads == 0
    assert len(configuration.channels) == len(configuration.strides) + 1
    card = next(card for card in CARDS if card.checkpoint == name)
    assert card.frame == configuration.hop * configuration.block  # nothing is coded before its block is whole
