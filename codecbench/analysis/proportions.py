"""Shares of a count, with exact intervals."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincinv, ndtri, stdtrit

LEVEL = 0.95


@dataclass(frozen=True)
class Proportion:
    """`count` of `n` with the exact 95 % interval (Clopper and Pearson, Biometrika 26, 1934).

    A count that is an average (over seeds, say) may lie between two integers; its interval then lies between theirs.
    So does that of an `n` which is no integer: an effective number of trials.
    """

    count: float
    n: float
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.n


def exact_proportion(count: float, n: float) -> Proportion:
    """Raises ValueError where there is nothing to have a share of.

    >>> exact = exact_proportion(0, 10)
    >>> round(exact.low, 3), round(exact.high, 3)
    (0.0, 0.308)
    """
    if not 0 <= count <= n or n <= 0:
        raise ValueError(f"{count:g} of {n:g} is no proportion")
    tail = (1 - LEVEL) / 2
    low = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return Proportion(count, n, low, high)


def clustered_proportion(count: float, n: float, error: float, clusters: int) -> Proportion:
    """`exact_proportion` of trials that are not independent: events that come together count as fewer.

    `error` is the share's standard error over its (two or more) `clusters`. Its square over the binomial variance is
    the design effect, by which count and n are divided; where there is one, also by (t / z)², for an error from few
    clusters is itself uncertain (Korn and Graubard, Survey Methodology 24, 1998). Never narrower than the exact
    interval: a design effect below 1 is chance. Raises as `exact_proportion`.

    >>> apart, together = (clustered_proportion(8, 400, error, 12) for error in (0.006, 0.014))
    >>> round(apart.high, 3), round(together.high, 3)
    (0.039, 0.08)
    """
    share = count / n
    effect = error**2 / (share * (1 - share) / n) if 0 < share < 1 else 1.0
    if effect > 1:
        effect *= float(stdtrit(clusters - 1, (1 + LEVEL) / 2) / ndtri((1 + LEVEL) / 2)) ** 2
    exact = exact_proportion(count / max(effect, 1.0), n / max(effect, 1.0))
    return Proportion(count, n, exact.low, exact.high)
