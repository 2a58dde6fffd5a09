from __future__ import annotations

from collections.abc import Callable
from math import prod

import pytest
from codecbench_ibpcodec import PAPER, REFERENCE
from codecbench_ibpcodec.config import GROUPS, IbpcodecConfiguration

EVERY = [IbpcodecConfiguration.paper, IbpcodecConfiguration.paper_full_band, IbpcodecConfiguration.paper_half_band,
         IbpcodecConfiguration.reference]  # fmt: skip


def test_nominal_rates_are_exact() -> None:
    assert [point.nominal_kbps for point in PAPER.points] == [1, 2, 3]
    assert [point.nominal_kbps for point in REFERENCE.points] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("made", EVERY)
def test_every_bin_but_nyquists_is_coded_or_predicted(made: Callable[[], IbpcodecConfiguration]) -> None:
    configuration = made()
    bins = configuration.n_fft // 2 + 1
    assert configuration.low_bins + configuration.high_bins == (bins if configuration.prediction_width else bins - 1)
    assert configuration.low_bins % prod(configuration.strides) == 0
    assert configuration.dimension % GROUPS == 0
    assert configuration.layer_counts[-1] == configuration.layers
