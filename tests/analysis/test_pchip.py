from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from codecbench.analysis.pchip import integrate_pchip


def test_many_curves_are_integrated_as_one_by_one() -> None:
    """Flat and turning pieces too: the slopes there are what implementations differ in."""
    g = np.random.default_rng(5)
    x = np.cumsum(g.uniform(0.1, 1.0, (40, 6)), axis=1)
    y = np.round(g.normal(0, 1, (40, 6)), 0)
    low, high = x[:, 0] + 0.05, x[:, -1] - 0.03
    expected = [PchipInterpolator(x[i], y[i]).integrate(low[i], high[i]) for i in range(40)]
    assert integrate_pchip(x, y, low, high) == pytest.approx(np.array(expected), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(-5, 5), st.floats(-5, 5))
def test_a_straight_line_is_integrated_exactly(seed: int, slope: float, offset: float) -> None:
    x = np.cumsum(np.random.default_rng(seed).uniform(0.1, 2.0, (3, 5)), axis=1)
    low, high = x[:, 0], x[:, -1]
    expected = slope * (high**2 - low**2) / 2 + offset * (high - low)
    assert integrate_pchip(x, slope * x + offset, low, high) == pytest.approx(expected, abs=1e-9)


def test_parts_add_up_and_nothing_is_under_no_width() -> None:
    x, y = np.array([[0.0, 1.0, 3.0, 4.0]]), np.array([[2.0, -1.0, 5.0, 5.0]])
    whole, left, right, none = (
        float(integrate_pchip(x, y, np.array([low]), np.array([high]))[0])
        for low, high in ((0.5, 3.7), (0.5, 2.2), (2.2, 3.7), (2.2, 2.2))
    )
    assert left + right == pytest.approx(whole)
    assert none == 0.0
