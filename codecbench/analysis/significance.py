"""Many tests at once: Westfall-Young max-T by flipping signs over clusters, and Benjamini-Hochberg for the rest.

Without a change, a difference is as likely as its negative. Flipping the signs of all of a cluster's differences
together (`codecbench.analysis.clusters`), at every operating point alike, keeps how the tests depend on each other
(Westfall and Young, Resampling-Based Multiple Testing, 1993, section 2.3; sign flips: Winkler et al., NeuroImage 92,
2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import stdtr

from codecbench.analysis.paired import Paired

Floats = NDArray[np.float64]

FEWEST_SPEAKERS = 6
"""Clusters of speakers. With 5, the two-sided sign-flip test has 16 distinct outcomes: no p is under 0.0625."""
ALL_FLIPS_UP_TO = 12
"""Clusters: 4096 patterns of signs are enumerated, more are drawn."""
DRAWS = 4999
SEED = 20240611
CHUNK = 512
SAME = 1e-9
"""Statistics closer than this are equal: sums in another order differ by rounding."""


@dataclass(frozen=True)
class PairedTest:
    """One difference to be tested: positive is a loss, or `two_sided`. Losses within `margin` do not count."""

    paired: Paired
    sign: int = 1
    two_sided: bool = False
    margin: float = 0.0

    @property
    def clusters(self) -> int:
        return len({difference.cluster for difference in self.paired.differences})

    def tells(self, level: float) -> bool:
        """Whether it has the clusters without which no difference, however large, is significant at `level`."""
        return self.clusters >= fewest_speakers(level / 2 if self.two_sided else level)


@dataclass(frozen=True)
class SimultaneousInterval:
    """A change with an interval that holds together with the family's others; no ends outside of the family."""

    change: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Family:
    """The outcome of a family. Per test: `statistics` (mean over standard error, signed so that a loss is positive; 0
    outside of the family), `errors` (standard errors; infinite outside of it), `adjusted` p of the family. `null` holds
    the largest statistic of each flip. `speakers` counts clusters of them.
    """

    statistics: Floats
    errors: Floats
    adjusted: Floats
    null: Floats
    speakers: int
    changes: tuple[float, ...] = ()
    """Of each test, after minus before: what an interval is around."""

    def critical(self, level: float) -> float:
        """The statistic that at most a share `level` of unchanged families exceeds anywhere."""
        ordered = np.sort(self.null)
        return float(ordered[len(ordered) - 1 - int(level * len(ordered))])

    def intervals(self, level: float) -> tuple[SimultaneousInterval, ...]:
        """Of each test's change: at most a share `level` of families has an interval anywhere that misses the truth.

        The family's critical value times each standard error, on both sides.
        """
        reaches = [self.critical(level) * float(error) for error in self.errors]
        return tuple(
            SimultaneousInterval(change, change - reach, change + reach) if isfinite(reach)
            else SimultaneousInterval(change, None, None)
            for change, reach in zip(self.changes, reaches, strict=True)
        )  # fmt: skip


def fewest_speakers(level: float) -> int:
    """With fewer speakers no pattern of signs is rare enough: nothing could ever be significant at `level`.

    >>> fewest_speakers(0.01), fewest_speakers(0.05)
    (7, 5)
    """
    return int(np.ceil(-np.log2(level) - 1e-12))


def max_t(tests: Sequence[PairedTest], level: float = 0.05) -> Family:
    """Family-wise adjusted p, exact up to 12 clusters, else from 4,999 draws (deterministic).

    A test that has too few clusters to tell anything at `level` is not in the family, and its p is 1: the t of two or
    three clusters is at times as large as rounding lets it be (with two of them, p = .49 and ±2e7 for another metric's
    t = 22).
    A test with a margin only counts in those flips where its loss exceeds the margin. That is a statistic like any
    other, so the level holds, and hundreds of quiet tests cost the others nothing.
    """
    changes = tuple(test.paired.change.value for test in tests)
    inside = np.array([test.tells(level) for test in tests], dtype=bool)
    statistics, errors, adjusted = np.zeros(len(tests)), np.full(len(tests), np.inf), np.ones(len(tests))
    members = [test for test, one in zip(tests, inside, strict=True) if one]
    if not members:
        return Family(statistics, errors, adjusted, np.zeros(1), 0, changes)
    names = _clusters(members)
    sums, flips = _sums(members, names), _flips(len(names))
    null = np.concatenate([
        _counted(_statistics(flips[start : start + CHUNK], sums), members).max(axis=1)
        for start in range(0, len(flips), CHUNK)
    ])  # fmt: skip
    observed = _statistics(flips[:1], sums)
    counted = _counted(observed, members)[0]
    reached = (null[None, :] >= counted[:, None] - SAME * (1 + np.abs(counted[:, None]))).mean(axis=1)
    adjusted[inside] = np.where(counted > 0, reached, 1.0)
    statistics[inside], errors[inside] = observed.t[0], observed.error[0]
    return Family(statistics, errors, adjusted, null, len(names), changes)


def _clusters(tests: Sequence[PairedTest]) -> list[str]:
    return sorted({difference.cluster for test in tests for difference in test.paired.differences})


def false_discoveries(tests: Sequence[PairedTest]) -> Floats:
    """Benjamini-Hochberg adjusted p (1995) of two-sided Student's t over clusters; for exploratory tests.

    1 with fewer than 6 clusters, of which sign flips can show nothing either: the sums of two or three coincide at
    times, and their t is then as large as rounding lets it be.
    """
    if not tests:
        return np.zeros(0)
    return np.asarray(scipy.stats.false_discovery_control([_student(test) for test in tests]))


@dataclass(frozen=True)
class _Sums:
    """Per cluster and test [clusters, tests]: summed numerators and denominators of the differences."""

    totals: Floats
    sizes: Floats

    @property
    def present(self) -> Floats:
        return np.asarray((self.sizes > 0).sum(axis=0), dtype=np.float64)


@dataclass(frozen=True)
class _Statistics:
    """[flips, tests]"""

    mean: Floats
    error: Floats
    t: Floats


def _sums(tests: Sequence[PairedTest], names: Sequence[str]) -> _Sums:
    rows = {name: row for row, name in enumerate(names)}
    totals, sizes = np.zeros((2, len(names), len(tests)))
    for column, test in enumerate(tests):
        for difference in test.paired.differences:
            totals[rows[difference.cluster], column] += test.sign * difference.numerator
            sizes[rows[difference.cluster], column] += difference.denominator
    return _Sums(totals, sizes)


def _statistics(flips: Floats, sums: _Sums) -> _Statistics:
    """Mean and linearized standard error of a ratio of cluster totals, as in `codecbench.analysis.bootstrap`."""
    z, n, count = sums.totals, sums.sizes, sums.present
    total = n.sum(axis=0)
    mean = flips @ z / total
    squares = (z**2).sum(axis=0) - 2 * mean * (flips @ (z * n)) + mean**2 * (n**2).sum(axis=0)
    # Alike in all clusters: the residue is rounding, and any smaller number would be a made-up error.
    squares = np.maximum(squares, SAME**2 * (z**2).sum(axis=0))
    error = np.sqrt(squares * count / np.maximum(count - 1, 1)) / total
    error = np.where(count > 1, error, np.inf)
    t = np.divide(mean, error, out=np.zeros_like(mean), where=error > 0)
    return _Statistics(mean, error, t)


def _counted(statistics: _Statistics, tests: Sequence[PairedTest]) -> Floats:
    """0 where the loss is within the margin."""
    both = np.array([test.two_sided for test in tests])
    margins = np.array([test.margin for test in tests])
    mean = np.where(both, np.abs(statistics.mean), statistics.mean)
    t = np.where(both, np.abs(statistics.t), statistics.t)
    return np.where(mean > margins, np.maximum(t, 0.0), 0.0)


@lru_cache(maxsize=16)
def _flips(speakers: int) -> Floats:
    """[flips, clusters] of ±1; the first is what was observed."""
    if speakers <= ALL_FLIPS_UP_TO:
        patterns = np.arange(2**speakers)[:, None] >> np.arange(speakers)[None, :]
        return np.asarray(1.0 - 2.0 * (patterns & 1), dtype=np.float64)
    drawn = np.random.default_rng([SEED, speakers]).integers(0, 2, (DRAWS, speakers))
    return np.concatenate([np.ones((1, speakers)), 1.0 - 2.0 * drawn])


def _student(test: PairedTest) -> float:
    count = test.clusters
    return 1.0 if count < FEWEST_SPEAKERS else 2.0 * float(stdtr(count - 1, -abs(t_statistic(test))))


def t_statistic(test: PairedTest) -> float:
    """The mean difference over its standard error, by clusters."""
    names = _clusters([test])
    return float(_statistics(np.ones((1, len(names))), _sums([test], names)).t[0, 0])
