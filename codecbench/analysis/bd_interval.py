"""The interval of a Bjøntegaard delta, by resampling clusters of speakers (`codecbench.analysis.clusters`).

Each cluster's sums are made once; a draw of clusters is a product with how often each was drawn, and moves all points
of both curves together. The interval is bootstrap-t on log rate (or quality), its standard error that of the delta's
linear part (Davison and Hinkley, Bootstrap Methods and their Application, 1997, sections 2.7 and 5.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from codecbench.analysis.bd import Resampled, equivalent_log_rates, log_rate_deltas, monotonic, quality_deltas
from codecbench.analysis.bootstrap import INDICATIVE_BELOW, LEVEL, ONE_CLUSTER, bounded_tails, cluster_draws
from codecbench.analysis.pchip import Floats

Kind = Literal["rate", "quality", "equivalent"]
FIGURES: Mapping[Kind, Callable[[Resampled, Resampled], Floats]] = {
    "rate": log_rate_deltas, "quality": quality_deltas, "equivalent": equivalent_log_rates,
}  # fmt: skip
"""What is reckoned of anchor and test."""
STEP = 1e-5
"""Of a curve's range: how far a point is moved to see what the delta changes by."""


@dataclass(frozen=True, eq=False)
class ClusterSums:
    """Per cluster of speakers and point [clusters, points], over the utterances of a pair."""

    numerators: Floats
    denominators: Floats
    bits: Floats
    seconds: Floats

    def curves(self, draws: Floats, sign: int) -> Resampled:
        """One curve per row of `draws` [curves, clusters], points in the order of the undrawn rates."""
        rates = np.log10((draws @ self.bits) / (draws @ self.seconds) / 1000)
        quality = sign * (draws @ self.numerators) / (draws @ self.denominators)
        return Resampled(rates[:, self.order], quality[:, self.order])

    @property
    def order(self) -> NDArray[np.int64]:
        """Of the points, by their rates over all clusters."""
        return np.argsort(self.bits.sum(axis=0) / self.seconds.sum(axis=0), kind="stable")

    def quality_residuals(self, sign: int) -> Floats:
        """Each cluster's part in the quality of each point [clusters, points], by rising rate; 0 in sum."""
        total, size = self.numerators.sum(axis=0), self.denominators.sum(axis=0)
        parts = sign * (self.numerators - total / size * self.denominators) / size
        return np.asarray(parts[:, self.order], dtype=np.float64)

    def log_rate_residuals(self) -> Floats:
        """Likewise in log10 of the rate."""
        parts = self.bits / self.bits.sum(axis=0) - self.seconds / self.seconds.sum(axis=0)
        return np.asarray(parts[:, self.order] / np.log(10), dtype=np.float64)


def delta_interval(sums: Sequence[ClusterSums], kind: Kind, sign: int, count: int) -> tuple[float, float] | str:
    """Ends in log10 rate or kbps, or in quality that rises if better; or why there are none."""
    if count < 2:
        return ONE_CLUSTER
    if count < INDICATIVE_BELOW and np.isnan(_deltas(sums, 1 - np.eye(count), kind, sign)).any():
        return "no interval: without some one speaker the curves allow no figure"
    value = float(_deltas(sums, np.ones((1, count)), kind, sign)[0])
    line = _linearized(sums, kind, sign)
    error = float(line.errors(np.ones((1, count)))[0])
    if np.isnan(error):
        return "no interval: the figure stands at the very end of a curve"
    if error == 0.0:
        return value, value
    if count < INDICATIVE_BELOW:
        reach = float(stdtrit(count - 1, (1 + LEVEL) / 2)) * error
        return value - reach, value + reach
    draws = cluster_draws(count)
    drawn, errors = _deltas(sums, draws, kind, sign), line.errors(draws)
    known = ~np.isnan(drawn)
    if 1 - known.mean() > (1 - LEVEL) / 2:
        share = 100 * (1 - known.mean())
        return f"no interval: in {share:.0f} % of the draws the curves allow no figure"
    usable = known & (errors > 1e-6 * errors.max())
    low, high = bounded_tails((drawn[usable] - value) / errors[usable], (drawn[known] - value) / error)
    return value - high * error, value - low * error


@dataclass(frozen=True, eq=False)
class _Line:
    """The delta as a ratio of sums over clusters: `residuals` (0 in sum) over `sizes` [clusters]."""

    residuals: Floats
    sizes: Floats

    def errors(self, draws: Floats) -> Floats:
        """Standard error in each of `draws` [draws, clusters]: of a ratio, as in `codecbench.analysis.bootstrap`."""
        count, z, n = len(self.sizes), self.residuals, self.sizes
        total = draws @ n
        shift = (draws @ z) / total
        squares = draws @ z**2 - 2 * shift * (draws @ (z * n)) + shift**2 * (draws @ n**2)
        return np.asarray(np.sqrt(count / (count - 1) * np.maximum(squares, 0.0)) / total, dtype=np.float64)


def _linearized(sums: Sequence[ClusterSums], kind: Kind, sign: int) -> _Line:
    """By how the delta changes with each point's quality and log rate, which are ratios of sums themselves.

    The sizes of the clusters have to be in it: where they are uneven as in `eval`, intervals by each one's
    influence alone hold the truth in 86 % of runs, with it in 92 % (tests/benchmarks/test_interval_coverage.py).
    """
    plain = [one.curves(np.ones((1, len(one.bits))), sign) for one in sums]
    sizes = sums[0].denominators[:, 0]
    residuals = np.zeros(len(sizes))
    for own, one in enumerate(sums):
        residuals += one.quality_residuals(sign) @ _slopes(plain, own, "quality", kind)
        residuals += one.log_rate_residuals() @ _slopes(plain, own, "log_kbps", kind)
    return _Line(residuals * sizes.sum(), sizes)


def _slopes(plain: Sequence[Resampled], own: int, field: str, kind: Kind) -> Floats:
    """[points]: what the delta changes by with one field of one of the two curves, by central differences."""
    base, other = (getattr(plain[index], field)[0] for index in (own, 1 - own))
    # A curve of one point has no range of its own.
    step = STEP * (base[-1] - base[0] if len(base) > 1 else other[-1] - other[0])
    moves = step * np.concatenate([np.eye(len(base)), -np.eye(len(base))])
    curves = [Resampled(*(np.repeat(values, len(moves), axis=0) for values in (c.log_kbps, c.quality))) for c in plain]
    curves[own] = replace(curves[own], **{field: base + moves})
    deltas = FIGURES[kind](*curves)
    return np.asarray((deltas[: len(base)] - deltas[len(base) :]) / (2 * step), dtype=np.float64)


def _deltas(sums: Sequence[ClusterSums], draws: Floats, kind: Kind, sign: int) -> Floats:
    """[draws], NaN where a drawn curve is not monotonic or the two do not overlap."""
    anchor, test = (one.curves(draws, sign) for one in sums)
    fine = monotonic(anchor) & monotonic(test)
    anchor, test = (Resampled(c.log_kbps[fine], c.quality[fine]) for c in (anchor, test))
    deltas = np.full(len(draws), np.nan)
    deltas[fine] = FIGURES[kind](anchor, test)
    return deltas
