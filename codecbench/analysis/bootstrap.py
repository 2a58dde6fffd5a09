"""95 % intervals by studentized bootstrap over speakers.

The estimand is a ratio R = Σ numerators / Σ denominators over the corpus; the mean over utterances is the ratio whose
denominators count utterances. Speakers, not utterances, are drawn: what one speaker says is not independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

DRAWS = 2000
SEED = 20240229
LEVEL = 0.95
INDICATIVE_BELOW = 10
"""With fewer speakers no method holds its level: such intervals are marked, and are Student's on the same error.

There bootstrap-t covers no better (6 speakers, simulated: mean of normal 0.94 and Student 0.95, of exponential 0.90 and
0.87, rare word errors 0.74 and 0.80), but its draws without a t make intervals several times as wide.
"""

Method = Literal["bootstrap-t", "student-t", "constant"]


@dataclass(frozen=True)
class Estimate:
    """A corpus figure and its 95 % interval, or the `reason` why there is no interval.

    `clusters` counts speakers. `indicative` marks an interval that may not hold its level.
    """

    value: float
    low: float | None
    high: float | None
    clusters: int
    method: Method | None = None
    indicative: bool = False
    reason: str | None = None


def estimate(numerators: Sequence[float], denominators: Sequence[float], speakers: Sequence[str]) -> Estimate:
    """R with its interval, from one numerator and denominator per utterance; an empty speaker is its own cluster.

    Studentized by the linearized standard error of a ratio of cluster totals (Davison & Hinkley, Bootstrap Methods and
    their Application, 1997, sections 2.4 and 5.2; Cochran, Sampling Techniques, 1977, eq. 6.13). Invariant under the
    order of utterances, deterministic.

    Raises:
        ValueError: no utterance, unequal lengths, or a sum of denominators that is not positive.
    """
    if not numerators or not len(numerators) == len(denominators) == len(speakers):
        raise ValueError("estimate needs at least one utterance, and as many denominators and speakers as numerators")
    total = fsum(denominators)
    if total <= 0:
        raise ValueError(f"the denominators sum to {total}; a ratio needs a positive sum")
    value = fsum(numerators) / total
    clusters = _clusters(numerators, denominators, speakers, value)
    count = len(clusters)
    if len(numerators) == 1:
        return Estimate(value, None, None, count, reason="one utterance has no interval")
    if _constant(numerators, denominators, value):
        return Estimate(value, value, value, count, "constant", count < INDICATIVE_BELOW)
    if count == 1:
        return Estimate(value, None, None, count, reason="one speaker has no interval")
    error = _standard_error(clusters, total)
    if error == 0.0:
        return Estimate(value, value, value, count, "constant", count < INDICATIVE_BELOW)
    method: Method = "bootstrap-t" if count >= INDICATIVE_BELOW else "student-t"
    tails = _bootstrap_t(clusters) if method == "bootstrap-t" else _student_t(count)
    indicative = count < INDICATIVE_BELOW or tails.unusable > (1 - LEVEL) / 2
    return Estimate(value, value - tails.high * error, value - tails.low * error, count, method, indicative)


@dataclass(frozen=True)
class _Tails:
    """The 2.5 % and 97.5 % quantiles of (R* − R) / se*, and the share of draws that had none."""

    low: float
    high: float
    unusable: float = 0.0


def _clusters(
    numerators: Sequence[float], denominators: Sequence[float], speakers: Sequence[str], value: float
) -> NDArray[np.float64]:
    """[clusters, 2]: residual total (numerator − value × denominator) and denominator of each speaker, sorted.

    Sorted by what they hold, so that names and order of the speakers cannot change the draws.
    """
    members: dict[tuple[str, int], list[int]] = {}
    for index, speaker in enumerate(speakers):
        members.setdefault((speaker, -1) if speaker else ("", index), []).append(index)
    rows = [
        (fsum(numerators[i] - value * denominators[i] for i in group), fsum(denominators[i] for i in group))
        for group in members.values()
    ]
    return np.array(sorted(rows), dtype=np.float64)


def _constant(numerators: Sequence[float], denominators: Sequence[float], value: float) -> bool:
    """All utterances alike, but for rounding."""
    scale = 1e-9 * max(abs(value), 1e-9)
    return all(abs(n - value * d) <= scale * abs(d) for n, d in zip(numerators, denominators, strict=True))


def _standard_error(clusters: NDArray[np.float64], total: float) -> float:
    count = len(clusters)
    return float(np.sqrt(count / (count - 1) * np.sum(clusters[:, 0] ** 2)) / total)


def _bootstrap_t(clusters: NDArray[np.float64]) -> _Tails:
    count = len(clusters)
    residual, size = clusters[:, 0], clusters[:, 1]
    weights = speaker_draws(count)
    total = weights @ size
    # Residuals are centred on R, so that the sums of squares below lose few digits.
    shift = (weights @ residual) / total
    squares = weights @ residual**2 - 2 * shift * (weights @ (residual * size)) + shift**2 * (weights @ size**2)
    error = np.sqrt(count / (count - 1) * np.maximum(squares, 0.0)) / total
    # A draw of speakers that are all alike has no t (its error is rounding): the figure is that of a rare event.
    usable = error > 1e-6 * np.max(error)
    low, high = np.quantile(shift[usable] / error[usable], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return _Tails(float(low), float(high), 1.0 - float(np.mean(usable)))


def _student_t(count: int) -> _Tails:
    quantile = float(stdtrit(count - 1, (1 + LEVEL) / 2))
    return _Tails(-quantile, quantile)


@lru_cache(maxsize=64)
def speaker_draws(count: int) -> NDArray[np.float64]:
    """[draws, clusters]: how often each cluster is drawn."""
    generator = np.random.default_rng([SEED, count])
    return generator.multinomial(count, np.full(count, 1 / count), size=DRAWS).astype(np.float64)
