from __future__ import annotations

import pytest
from codecbench_ladiff import CARDS
from codecbench_ladiff.config import CONFIGURATIONS


def test_nominal_rates() -> None:
    assert [point.nominal_kbps for card in CARDS for point in card.points] == [1.5, 3, 4.5, 6, 1.5, 3]


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_condition_is_raised_to_the_latents_rate(name: str) -> None:
    configuration = CONFIGURATIONS[name]
    raised = configuration.frame
    for factor in configuration.raises:
        assert raised % factor == 0
        raised //= factor
    assert raised == configuration.hop
    assert configuration.multiple % configuration.frame == configuration.multiple % configuration.hop == 0
    assert configuration.steps <= configuration.start
