"""Snake and the filters around it in single precision on one CPU core, each a loop that numba compiles to vectors.

By torch's operations each of the five to nine passes over a signal goes through memory; here a row stays in the
cache. sin² and sin·cos have the period π, so that an angle need only be brought into [-π/2, π/2], where a short Taylor
series is exact to single precision.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[np.float32]]
Number = np.float32

EXACT = {"contract", "nnan", "ninf", "nsz"}
"""Liberties with arithmetic that leave sums in their order, on which the reduction of an angle rests."""
PI_HIGH, PI_LOW, INVERSE_PI = np.float32(3.140625), np.float32(np.pi - 3.140625), np.float32(1 / np.pi)
"""π in two parts (Cody and Waite 1980): the first times a small whole number is exact."""
S3, S5, S7, S9, S11 = (np.float32(term) for term in (-1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800))
C2, C4, C6 = np.float32(-1 / 2), np.float32(1 / 24), np.float32(-1 / 720)
C8, C10, C12 = np.float32(1 / 40320), np.float32(-1 / 3628800), np.float32(1 / 479001600)
ZERO, ONE, TWO = np.float32(0), np.float32(1), np.float32(2)
LANES = 64
TAPS = 6
"""Of each phase of a half-band filter of 12 taps."""
EDGE = TAPS // 2
"""Samples that a signal is continued by at both ends."""


@njit(fastmath=EXACT, inline="always")
def _reduced(angle: Number) -> Number:
    turns: Number = np.rint(angle * INVERSE_PI)
    return (angle - turns * PI_HIGH) - turns * PI_LOW


@njit(fastmath=EXACT, inline="always")
def _sine(angle: Number) -> Number:
    square = angle * angle
    return angle + angle * square * (S3 + square * (S5 + square * (S7 + square * (S9 + square * S11))))


@njit(fastmath=EXACT, inline="always")
def _cosine(angle: Number) -> Number:
    square = angle * angle
    return ONE + square * (C2 + square * (C4 + square * (C6 + square * (C8 + square * (C10 + square * C12)))))


@njit(fastmath=EXACT)
def _activate(signal: Array, alpha: Number, inverse: Number, out: Array) -> None:
    for sample in range(len(signal)):
        sine = _sine(_reduced(alpha * signal[sample]))
        out[sample] = signal[sample] + inverse * sine * sine


@njit(fastmath=EXACT)
def _differentiate(
    signal: Array, outer: Array, alpha: Number, inverse: Number, inner: Array, of_alpha: Array, of_inverse: Array
) -> None:
    """Both sums over samples are left to be taken; `of_alpha` lacks its factor 2 / β."""
    factor = TWO * alpha * inverse
    for sample in range(len(signal)):
        given, gradient = signal[sample], outer[sample]
        angle = _reduced(alpha * given)
        sine = _sine(angle)
        product = sine * _cosine(angle) * gradient
        inner[sample] = gradient + factor * product
        of_alpha[sample] = product * given
        of_inverse[sample] = sine * sine * gradient


@njit(fastmath=EXACT)
def _total(values: Array) -> Number:
    """In `LANES` sums at a time: faster than one after the other, and rounded less."""
    lanes = np.zeros(LANES, np.float32)
    whole = len(values) // LANES * LANES
    for start in range(0, whole, LANES):
        for lane in range(LANES):
            lanes[lane] += values[start + lane]
    total: Number = lanes.sum() + values[whole:].sum()
    return total


@njit(cache=True)
def snake(rows: Array, alphas: Array, inverses: Array, out: Array) -> None:
    """x + sin²(αx) / β of `rows` [rows, samples]; `alphas` and `inverses` (1 / β) [rows]."""
    for row in range(len(rows)):
        _activate(rows[row], alphas[row], inverses[row], out[row])


@njit(cache=True)
def snake_gradient(
    rows: Array, outer: Array, alphas: Array, inverses: Array, inner: Array, of_alpha: Array, of_inverse: Array
) -> None:
    """Of `snake`, from the `outer` gradient [rows, samples] to those of the signal, α and 1 / β."""
    first, second = _zeros(rows.shape[1]), _zeros(rows.shape[1])
    for row in range(len(rows)):
        _differentiate(rows[row], outer[row], alphas[row], inverses[row], inner[row], first, second)
        of_alpha[row] = TWO * inverses[row] * _total(first)
        of_inverse[row] = _total(second)


@njit(fastmath=EXACT)
def _filter(source: Array, start: int, taps: Array, out: Array) -> None:
    """out(n) = Σ taps(k) source(start + n + k)."""
    a, b, c, d, e, f = taps[0], taps[1], taps[2], taps[3], taps[4], taps[5]
    at = source[start:]
    for n in range(len(out)):
        out[n] = a * at[n] + b * at[n + 1] + c * at[n + 2] + d * at[n + 3] + e * at[n + 4] + f * at[n + 5]


@njit(fastmath=EXACT)
def _filter_more(source: Array, start: int, taps: Array, out: Array) -> None:
    """`_filter`, added to what `out` holds. (`_filter` as zeros and this made `filtered_snake` take twice as long.)"""
    a, b, c, d, e, f = taps[0], taps[1], taps[2], taps[3], taps[4], taps[5]
    at = source[start:]
    for n in range(len(out)):
        out[n] += a * at[n] + b * at[n + 1] + c * at[n + 2] + d * at[n + 3] + e * at[n + 4] + f * at[n + 5]


@njit
def _zeros(samples: int) -> Array:
    """An array of its own: the rows of one array are not told apart, and loops over them stay scalar."""
    return np.zeros(samples, np.float32)


@njit
def _widened(row: Array, padded: Array, even: Array, odd: Array, wide_even: Array, wide_odd: Array) -> None:
    """Both phases of `row` at twice the rate."""
    samples = len(row)
    padded[EDGE : EDGE + samples] = row
    padded[:EDGE] = row[0]
    padded[EDGE + samples :] = row[samples - 1]
    _filter(padded, 0, even, wide_even)
    _filter(padded, 1, odd, wide_odd)


@njit(cache=True)
def filtered_snake(rows: Array, alphas: Array, inverses: Array, taps: Array, out: Array) -> None:
    """`snake` at twice the rate of `rows`, between half-band filters of the 12 `taps`."""
    samples, last = rows.shape[1], EDGE + rows.shape[1]
    odd, even = taps[0::2], taps[1::2]
    up_even, up_odd = TWO * even[::-1], TWO * odd[::-1]
    padded = _zeros(samples + 2 * EDGE)
    even_padded, odd_padded = _zeros(samples + 2 * EDGE), _zeros(samples + 2 * EDGE)
    wide_even, wide_odd = _zeros(samples), _zeros(samples)
    for row in range(len(rows)):
        _widened(rows[row], padded, up_even, up_odd, wide_even, wide_odd)
        _activate(wide_even, alphas[row], inverses[row], even_padded[EDGE:last])
        _activate(wide_odd, alphas[row], inverses[row], odd_padded[EDGE:last])
        first, final = even_padded[EDGE], odd_padded[last - 1]
        for wide in (even_padded, odd_padded):
            wide[:EDGE] = first
            wide[last:] = final
        _filter(even_padded, 1, even, out[row])
        _filter_more(odd_padded, 0, odd, out[row])


@njit(cache=True)
def filtered_snake_gradient(
    rows: Array,
    outer: Array,
    alphas: Array,
    inverses: Array,
    taps: Array,
    inner: Array,
    of_alpha: Array,
    of_inverse: Array,
) -> None:
    """Of `filtered_snake`, from the `outer` gradient to those of the signal, α and 1 / β."""
    samples, last = rows.shape[1], EDGE + rows.shape[1]
    odd, even = taps[0::2], taps[1::2]
    up_even, up_odd = TWO * even[::-1], TWO * odd[::-1]
    padded, of_padded = _zeros(samples + 2 * EDGE), _zeros(samples + 2 * EDGE)
    of_even, of_odd = _zeros(samples + 2 * EDGE), _zeros(samples + 2 * EDGE)
    wide_even, wide_odd, first, second = _zeros(samples), _zeros(samples), _zeros(samples), _zeros(samples)
    given, by_even, by_odd = _zeros(samples + 2 * TAPS), _zeros(samples + 2 * TAPS), _zeros(samples + 2 * TAPS)
    for row in range(len(rows)):
        _widened(rows[row], padded, up_even, up_odd, wide_even, wide_odd)
        given[TAPS : TAPS + samples] = outer[row]
        _filter(given, 0, even[::-1], of_even)
        _filter(given, 1, odd[::-1], of_odd)
        of_even[EDGE] += of_even[:EDGE].sum() + of_odd[:EDGE].sum()
        of_odd[last - 1] += of_even[last:].sum() + of_odd[last:].sum()
        of_alpha[row], of_inverse[row] = ZERO, ZERO
        for wide, of_wide, by in ((wide_even, of_even, by_even), (wide_odd, of_odd, by_odd)):
            middle = by[TAPS : TAPS + samples]
            _differentiate(wide, of_wide[EDGE:last], alphas[row], inverses[row], middle, first, second)
            of_alpha[row] += TWO * inverses[row] * _total(first)
            of_inverse[row] += _total(second)
        _filter(by_even, 1, up_even[::-1], of_padded)
        _filter_more(by_odd, 0, up_odd[::-1], of_padded)
        inner[row] = of_padded[EDGE:last]
        inner[row, 0] += of_padded[:EDGE].sum()
        inner[row, samples - 1] += of_padded[last:].sum()
