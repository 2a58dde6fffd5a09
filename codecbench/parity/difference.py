"""How far a signal is from the one that it should be: length, samples, time, seams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from codecbench.api import Abstain, Audio, CodeRows
from codecbench.audio import fit_length, resample, to_mono
from codecbench.metrics.drift import delay_line
from codecbench.metrics.pair import RATE

WINDOW_S, HOP_S, REACH_S = 0.2, 0.05, 0.05
LIKE, FEWEST = 0.7, 8
"""A window is found again where its correlation is above 0.7; a line takes 8 of them over half of the signal."""
SOUND = 1e-3
"""RMS of a window in which there is something to find."""
AROUND = 3
"""Samples on each side of a seam among which its jump is looked for."""


@dataclass(frozen=True)
class SignalDifference:
    """Of a decoded signal from the one that was decoded whole.

    `surplus` samples (negative: fewer); `greatest` difference of a sample over what both have, re full scale or the
    whole's loudest sample where that is beyond; `drift_ppm` as the metric of that name, None where it cannot be told;
    `seam_jump` the jumps at the seams over those at the same places in the whole, RMS, None where there are no seams.
    """

    surplus: int = 0
    greatest: float = 0.0
    drift_ppm: float | None = None
    seam_jump: float | None = None


def difference(whole: Audio, other: Audio, seams: Sequence[int] = ()) -> SignalDifference:
    """`seams`: the samples of `other` that begin a piece."""
    length = min(whole.length, other.length)
    loudest = max(1.0, float(np.abs(whole.samples).max(initial=0.0)))
    apart = np.abs(whole.samples[:, :length] - other.samples[:, :length])
    greatest = float(apart.max(initial=0.0)) / loudest
    surplus = other.length - whole.length
    if not surplus and not greatest:
        return SignalDifference(drift_ppm=0.0, seam_jump=1.0 if seams else None)
    return SignalDifference(surplus, greatest, _drift(whole, other), _jump(whole, other, seams))


def flipped(codes: CodeRows, others: CodeRows) -> float:
    """The share of codes that differ, those that only one side has included."""
    apart = count = 0
    for row, other in zip(codes, others, strict=True):
        mine, theirs = np.asarray(row), np.asarray(other)
        length = min(len(mine), len(theirs))
        apart += int((mine[:length] != theirs[:length]).sum()) + abs(len(mine) - len(theirs))
        count += max(len(mine), len(theirs))
    return apart / count if count else 0.0


def _drift(whole: Audio, other: Audio) -> float | None:
    """As the metric `drift_ppm`, to 10 ppm; time that is lost at seams alone, in steps, by following the signal."""
    first, second = (resample(to_mono(audio), RATE) for audio in (whole, other))
    try:
        return 1e6 * delay_line(first, fit_length(second, first.length).audio).slope
    except Abstain:
        return _followed(first.samples[0].astype(np.float64), second.samples[0].astype(np.float64))


def _followed(whole: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    """Where windows of the whole are found in the other, each near where the one before it was; a line through them."""
    size, hop, reach = (round(seconds * RATE) for seconds in (WINDOW_S, HOP_S, REACH_S))
    found, last = [], 0
    for start in range(0, len(whole) - size + 1, hop):
        window = whole[start : start + size]
        room = np.pad(other, (reach, size + reach))[max(0, start + last) :][: size + 2 * reach]
        if len(room) < size + reach or float(window.std()) < SOUND:
            continue
        products = fftconvolve(room, window[::-1], "valid")
        energy = np.convolve(np.square(room), np.ones(size), "valid")
        likeness = products / np.sqrt(np.maximum(energy, 1e-12) * np.square(window).sum())
        best = int(np.argmax(likeness))
        if likeness[best] > LIKE:
            last += best - reach
            found.append((start, last))
    if len(found) < FEWEST or found[-1][0] - found[0][0] < len(whole) / 2:
        return None
    places, delays = np.array(found, dtype=float).T
    return 1e6 * float(np.polyfit(places, delays, 1)[0])


def _jump(whole: Audio, other: Audio, seams: Sequence[int]) -> float | None:
    inside = [seam for seam in seams if AROUND < seam < min(whole.length, other.length) - AROUND]
    if not inside:
        return None
    mine, usual = (_jumps(audio, inside) for audio in (other, whole))
    return mine / usual if usual else None


def _jumps(audio: Audio, places: Sequence[int]) -> float:
    """RMS over `places` of the largest step from one sample to the next around them."""
    steps = np.abs(np.diff(audio.samples.astype(np.float64), axis=1)).max(axis=0)
    largest = [steps[place - AROUND - 1 : place + AROUND].max() for place in places]
    return float(np.sqrt(np.mean(np.square(largest))))
