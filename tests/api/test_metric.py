from __future__ import annotations

from typing import Any

import pytest

from codecbench.api import MetricCard


def test_a_card_says_how_many_decimals_its_figures_have() -> None:
    assert MetricCard("visqol", "1", "ViSQOL", digits=1).digits == 1
    assert MetricCard("visqol", "1", "ViSQOL").digits is None


@pytest.mark.parametrize("digits", [-1, 7, 2.0, True, "2"])
def test_decimals_that_are_none_are_refused(digits: Any) -> None:
    with pytest.raises(ValueError, match="metric 'visqol': digits must be a whole number of decimals, 0 to 6, or None"):
        MetricCard("visqol", "1", "ViSQOL", digits=digits)
