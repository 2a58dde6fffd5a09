"""What a dataset can detect, before anything is compared: the smallest drop, its threshold and the power.

A test fires where the loss exceeds a threshold and its statistic the family's critical value. Noise is taken to be
normal with one standard deviation per utterance; the mean of n utterances is then normal, and its standard error is
estimated from k speakers (k − 1 degrees of freedom).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtr, stdtrit

SHARE = 0.4
"""Threshold over smallest claimed drop: one equal to the true drop would be missed every second time."""
POWER = 0.95
LEVEL = 0.01
"""Share of unchanged runs that may fail, over all tests."""
QUADRATURE = 400


@dataclass(frozen=True)
class Design:
    """A comparison to come: `noise_sd` of one utterance's difference, and how many utterances, speakers and tests."""

    noise_sd: float
    utterances: int
    speakers: int
    tests: int = 1
    level: float = LEVEL

    @property
    def error(self) -> float:
        """Standard error of the mean difference."""
        return float(self.noise_sd / np.sqrt(self.utterances))


def detection(design: Design, drop: float, threshold: float) -> float:
    """Probability that a mean drop of `drop` is reported, where the family's level is kept at this threshold."""
    if design.noise_sd == 0:
        return float(drop > threshold)
    return _exceeds(design, drop, threshold, _critical(design, threshold))


def smallest_drop(design: Design, power: float = POWER) -> float | None:
    """The smallest drop that is detected with `power` at a threshold of 40 % of it; None with a single speaker."""
    if design.speakers < 2:
        return None
    if design.noise_sd == 0:
        return 0.0

    def shortfall(drop: float) -> float:
        return detection(design, drop, SHARE * drop) - power

    low, high = 0.1 * design.error, 10.0 * design.error
    while shortfall(high) < 0:
        high *= 2
    return float(scipy.optimize.brentq(shortfall, low, high, rtol=1e-4))


def _critical(design: Design, threshold: float) -> float:
    """At least Student's own quantile: one test alone must be significant too."""
    least = float(stdtrit(design.speakers - 1, 1 - design.level))
    share = design.level / max(1, design.tests)
    if _exceeds(design, 0.0, threshold, least) <= share:
        return least
    most = float(stdtrit(design.speakers - 1, 1 - share / 2))
    return float(scipy.optimize.brentq(lambda c: _exceeds(design, 0.0, threshold, c) - share, least, most))


def _exceeds(design: Design, drop: float, threshold: float, critical: float) -> float:
    """P(mean > threshold and mean > critical × estimated error), over what the error may be estimated at."""
    spreads = _spreads(design.speakers)
    bound = np.maximum(critical * spreads.values, threshold / design.error)
    return float(spreads.weights @ ndtr(drop / design.error - bound))


@dataclass(frozen=True, eq=False)
class _Spreads:
    """Estimated over true standard error, and the probability of each value."""

    values: NDArray[np.float64]
    weights: NDArray[np.float64]


@lru_cache(maxsize=16)
def _spreads(speakers: int) -> _Spreads:
    """Fine towards zero, where a mean of noise looks significant because its error was estimated far too small."""
    x = (np.arange(QUADRATURE) + 0.5) / QUADRATURE
    weights = 4 * x**3 / QUADRATURE
    values = np.sqrt(2 * gammaincinv((speakers - 1) / 2, x**4) / (speakers - 1))
    return _Spreads(values, weights / weights.sum())
