"""Monotone cubic interpolation of many curves at once: values, and the integral that Bjøntegaard's deltas are made of.

Slopes by Fritsch and Butland (SIAM J. Sci. Stat. Comput. 5(2), 1984), one-sided three-point slopes at the ends, kept
monotone as in Moler, Numerical Computing with MATLAB, 2004, section 3.4: what `scipy.interpolate.PchipInterpolator`
does for one set of knots. Resampling speakers moves the knots of every draw: scipy would be called thousands of times.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def evaluate_pchip(x: Floats, y: Floats, at: Floats) -> Floats:
    """Each curve's value at its `at` [curves]; NaN outside its knots. `x` and `y` are [curves, points], 2 or more.

    `x` increases strictly along each curve. Of two points the curve is a line.
    """
    h, d, c, b = _coefficients(x, y)
    segment = np.clip((x[:, :-1] <= at[:, None]).sum(axis=1) - 1, 0, h.shape[1] - 1)
    row = np.arange(len(x))
    t = at - x[row, segment]
    value = y[row, segment] + t * (d[row, segment] + t * (c[row, segment] + t * b[row, segment]))
    return np.asarray(np.where((at >= x[:, 0]) & (at <= x[:, -1]), value, np.nan), dtype=np.float64)


def integrate_pchip(x: Floats, y: Floats, low: Floats, high: Floats) -> Floats:
    """∫ of each curve from `low` to `high` [curves], within its knots; `x` and `y` are [curves, points], 2 or more.

    `x` increases strictly along each curve.
    """
    h, d, c, b = _coefficients(x, y)
    start = np.clip(low[:, None] - x[:, :-1], 0.0, h)
    end = np.clip(high[:, None] - x[:, :-1], 0.0, h)

    def primitive(t: Floats) -> Floats:
        return t * (y[:, :-1] + t * (d[:, :-1] / 2 + t * (c / 3 + t * b / 4)))

    return np.asarray((primitive(end) - primitive(start)).sum(axis=1), dtype=np.float64)


def _coefficients(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """h, d, c, b: on segment k, h wide, with t = x - x_k, a curve is y_k + d_k t + c_k t² + b_k t³."""
    h = np.diff(x, axis=1)
    slope = np.diff(y, axis=1) / h
    d = _derivatives(h, slope)
    c = (3 * slope - 2 * d[:, :-1] - d[:, 1:]) / h
    b = (d[:, :-1] + d[:, 1:] - 2 * slope) / h**2
    return h, d, c, b


def _derivatives(h: Floats, slope: Floats) -> Floats:
    """[curves, points]"""
    if h.shape[1] == 1:
        return np.concatenate([slope, slope], axis=1)
    left, right = 2 * h[:, 1:] + h[:, :-1], h[:, 1:] + 2 * h[:, :-1]
    before, after = slope[:, :-1], slope[:, 1:]
    same = before * after > 0
    safe = (np.where(same, before, 1.0), np.where(same, after, 1.0))
    inner = np.where(same, (left + right) / (left / safe[0] + right / safe[1]), 0.0)
    first = _end(h[:, 0], h[:, 1], slope[:, 0], slope[:, 1])
    last = _end(h[:, -1], h[:, -2], slope[:, -1], slope[:, -2])
    return np.concatenate([first[:, None], inner, last[:, None]], axis=1)


def _end(h0: Floats, h1: Floats, s0: Floats, s1: Floats) -> Floats:
    d = ((2 * h0 + h1) * s0 - h0 * s1) / (h0 + h1)
    d = np.where(np.sign(d) != np.sign(s0), 0.0, d)
    steep = (np.sign(s0) != np.sign(s1)) & (np.abs(d) > 3 * np.abs(s0))
    return np.asarray(np.where(steep, 3 * s0, d), dtype=np.float64)
