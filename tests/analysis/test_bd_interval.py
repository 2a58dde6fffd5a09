from __future__ import annotations

import numpy as np
import pytest

from codecbench.analysis.bd_interval import ClusterSums, delta_interval
from codecbench.analysis.bootstrap import ONE_CLUSTER

RATES = np.array([2.0, 3.0, 6.0, 12.0])


def curve(speakers: int, better: float, seed: int, order: tuple[int, ...] = (0, 1, 2, 3)) -> ClusterSums:
    """Quality log2 of the rate and `better`; speakers of unlike length, each with some noise of its own."""
    draw = np.random.default_rng(seed)
    count = draw.integers(2, 9, (speakers, 1)) * np.ones((1, 4))
    quality = np.log2(RATES) + better + draw.normal(0, 0.05, (speakers, 4))
    bits = 1000 * RATES * 3.0 * count * draw.normal(1, 0.01, (speakers, 4))
    parts = (count * quality, count, bits, 3.0 * count)
    return ClusterSums(*(part[:, list(order)] for part in parts))


@pytest.mark.parametrize("speakers", [6, 30])
def test_the_truth_is_within_and_the_interval_narrow(speakers: int) -> None:
    found = delta_interval([curve(speakers, 0.0, 1), curve(speakers, 0.5, 1)], "quality", 1, speakers)
    assert not isinstance(found, str)
    low, high = found
    assert low < 0.5 < high
    assert high - low < 0.2


def test_the_other_way_round_the_interval_is_mirrored() -> None:
    one, other = curve(6, 0.0, 1), curve(6, 0.5, 2)
    there, back = (delta_interval(pair, "rate", 1, 6) for pair in ([one, other], [other, one]))
    assert there == (pytest.approx(-back[1]), pytest.approx(-back[0]))  # type: ignore[operator, arg-type]


def test_the_order_of_the_points_decides_nothing() -> None:
    plain = delta_interval([curve(6, 0.0, 1), curve(6, 0.5, 2)], "quality", 1, 6)
    mixed = delta_interval([curve(6, 0.0, 1, (2, 0, 3, 1)), curve(6, 0.5, 2, (3, 2, 1, 0))], "quality", 1, 6)
    assert mixed == pytest.approx(plain)


def test_a_curve_against_itself_has_no_width() -> None:
    same = curve(12, 0.0, 1)
    low, high = delta_interval([same, same], "quality", 1, 12)
    assert (float(low), float(high)) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_residuals_sum_to_nothing() -> None:
    found = curve(9, 0.0, 4)
    assert found.quality_residuals(1).sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)
    assert found.log_rate_residuals().sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)


def test_where_there_is_no_interval_it_says_why() -> None:
    assert delta_interval([curve(1, 0.0, 1), curve(1, 0.5, 1)], "rate", 1, 1) == ONE_CLUSTER
    apart = [curve(6, 0.0, 1), curve(6, 50.0, 1)]
    assert delta_interval(apart, "rate", 1, 6) == "no interval: without some one speaker the curves allow no figure"
