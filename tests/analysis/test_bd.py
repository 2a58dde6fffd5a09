"""Bjøntegaard deltas against an independent route: scipy's interpolator and adaptive quadrature."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.interpolate import PchipInterpolator

from codecbench.analysis.bd import QualityCurve, bd_quality, bd_rate


def random_curve(g: np.random.Generator, higher: bool = True) -> QualityCurve:
    count = int(g.integers(4, 8))
    rates = np.cumsum(g.uniform(0.2, 3.0, count)) + g.uniform(0.2, 1.5)
    quality = np.cumsum(g.uniform(0.02, 0.9, count)) + g.uniform(0.8, 1.6)
    return QualityCurve(rates.tolist(), (quality if higher else -quality).tolist(), higher)


def by_quadrature(xa: np.ndarray, ya: np.ndarray, xt: np.ndarray, yt: np.ndarray) -> float:
    low, high = max(xa[0], xt[0]), min(xa[-1], xt[-1])
    one, other = PchipInterpolator(xa, ya), PchipInterpolator(xt, yt)
    knots = sorted({*xa, *xt})
    inside = [low, *(x for x in knots if low < x < high), high]
    parts = [quad(lambda x: float(other(x) - one(x)), a, b, epsabs=1e-12)[0]
             for a, b in pairwise(inside)]  # fmt: skip
    return sum(parts) / (high - low)


def test_agrees_with_an_independent_implementation_on_200_pairs() -> None:
    g = np.random.default_rng(3)
    rates, qualities = 0, 0
    while min(rates, qualities) < 200:
        a, t = random_curve(g), random_curve(g)
        log_a, log_t = np.log10(a.kbps), np.log10(t.kbps)
        found = bd_rate(a, t)
        if found.value is not None:
            expected = 10 ** by_quadrature(np.array(a.quality), log_a, np.array(t.quality), log_t) - 1
            assert found.value == pytest.approx(expected, rel=1e-6, abs=1e-6)
            rates += 1
        found = bd_quality(a, t)
        if found.value is not None:
            expected = by_quadrature(log_a, np.array(a.quality), log_t, np.array(t.quality))
            assert found.value == pytest.approx(expected, rel=1e-6, abs=1e-6)
            qualities += 1


def test_agrees_with_the_bjontegaard_package() -> None:
    bjontegaard = pytest.importorskip("bjontegaard", reason="another implementation, from PyPI; checked where it is")
    g = np.random.default_rng(4)
    for _ in range(50):
        a, t = random_curve(g), random_curve(g)
        found = bd_rate(a, t)
        if found.value is None:
            continue
        expected = bjontegaard.bd_rate(
            a.kbps, a.quality, t.kbps, t.quality, method="pchip", require_matching_points=False, min_overlap=0
        )
        assert 100 * found.value == pytest.approx(expected, rel=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_of_a_curve_with_itself_is_0(seed: int, higher: bool) -> None:
    curve = random_curve(np.random.default_rng(seed), higher)
    assert bd_rate(curve, curve).value == pytest.approx(0.0, abs=1e-12)
    assert bd_quality(curve, curve).value == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_log_rate_is_antisymmetric(seed: int, higher: bool) -> None:
    g = np.random.default_rng(seed)
    a, t = random_curve(g, higher), random_curve(g, higher)
    there, back = bd_rate(a, t).value, bd_rate(t, a).value
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert np.log10(1 + there) == pytest.approx(-np.log10(1 + back), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.25, 4.0))
def test_scaling_the_rate_is_the_scale(seed: int, scale: float) -> None:
    curve = random_curve(np.random.default_rng(seed))
    scaled = QualityCurve([scale * rate for rate in curve.kbps], curve.quality)
    assert bd_rate(curve, scaled).value == pytest.approx(scale - 1, abs=1e-9)


def test_doubling_the_rate_is_100_per_cent_more() -> None:
    curve = QualityCurve([1, 2, 4, 8], [1.0, 1.5, 2.5, 3.0])
    assert bd_rate(curve, QualityCurve([2, 4, 8, 16], curve.quality)).value == pytest.approx(1.0)


def test_a_lower_score_may_be_the_better_one() -> None:
    anchor = QualityCurve([1, 2, 4, 8], [0.4, 0.3, 0.2, 0.1], higher_is_better=False)
    better = QualityCurve([1, 2, 4, 8], [0.3, 0.2, 0.1, 0.05], higher_is_better=False)
    assert (bd_rate(anchor, better).value or 0) < 0
    assert (bd_quality(anchor, better).value or 0) == pytest.approx(-0.0875, abs=0.02)


def test_order_of_the_points_does_not_matter() -> None:
    curve, other = QualityCurve([8, 1, 4, 2], [3.0, 1.0, 2.5, 1.5]), QualityCurve([1, 2, 4, 8], [1.2, 1.6, 2.6, 3.2])
    straight = QualityCurve([1, 2, 4, 8], [1.0, 1.5, 2.5, 3.0])
    assert bd_rate(curve, other) == bd_rate(straight, other)


GOOD = QualityCurve([1, 2, 4, 8], [1.0, 1.5, 2.5, 3.0])


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (QualityCurve([1, 2, 4], [1.0, 1.5, 2.5]), "this codec has 3 points, at least 4 are needed"),
        (QualityCurve([], []), "this codec has 0 points"),
        (QualityCurve([1, 2, 4, 8], [1.0, 2.5, 2.4, 3.0]), "does not get better from 2 to 4 kbps: not monotonic"),
        (QualityCurve([1, 2, 4, 8], [1.0, 2.0, 2.0, 3.0]), "not monotonic"),
        (QualityCurve([1, 2, 2, 8], [1.0, 2.0, 2.1, 3.0]), "not monotonic"),
        (QualityCurve([1, 2, 4, 8], [2.6, 3.0, 3.5, 4.0]), "ranges of quality overlap by 29 % of the shorter"),
        (QualityCurve([1, 2, 4, 8], [5.0, 6.0, 7.0, 8.0]), "overlap by 0 %"),
        (QualityCurve([1, 2, 4, 8], [1.0, float("nan"), 2.5, 3.0]), "not a finite number"),
        (QualityCurve([1, 2, 4, float("inf")], [1.0, 1.5, 2.5, 3.0]), "not a finite number"),
        (QualityCurve([0, 2, 4, 8], [1.0, 1.5, 2.5, 3.0]), "not a finite number"),
    ],
)
def test_refusals(other: QualityCurve, why: str) -> None:
    found = bd_rate(GOOD, other)
    assert found.value is None
    assert why in str(found.refusal)
    turned = bd_rate(other, GOOD)
    assert turned.value is None
    assert turned.refusal


def test_half_an_overlap_is_enough() -> None:
    assert bd_rate(GOOD, QualityCurve([1, 2, 4, 8], [2.0, 2.5, 3.0, 4.0])).value is not None
    assert str(bd_quality(GOOD, QualityCurve([4, 8, 16, 32], [2.0, 2.5, 3.0, 4.0])).refusal) == (
        "the ranges of rate overlap by 33 % of the shorter, at least 50 % are needed"
    )


def test_unequal_lengths() -> None:
    with pytest.raises(ValueError, match="3 rates but 4"):
        bd_rate(GOOD, QualityCurve([1, 2, 3], [1, 2, 3, 4]))


def test_like_quality_at_far_other_rates_is_refused_and_quality_at_like_rates_is_not() -> None:
    quality = [1.0, 2.0, 3.0, 4.0]
    near, far = ([scale * kbps for kbps in (1, 2, 4, 8)] for scale in (7.9, 20.0))
    anchor = QualityCurve([1, 2, 4, 8], quality)
    assert bd_rate(anchor, QualityCurve(near, quality)).value == pytest.approx(6.9)
    for refused in (bd_rate(anchor, QualityCurve(far, quality)), bd_rate(QualityCurve(far, quality), anchor)):
        assert refused.value is None
        assert refused.refusal is not None
        assert refused.refusal.kind == "far"
        assert "20 times apart" in str(refused.refusal)
