"""Shares of a count, with exact intervals."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincinv

LEVEL = 0.95


@dataclass(frozen=True)
class Proportion:
    """`count` of `n`, n at least 1, with the exact 95 % interval (Clopper and Pearson, Biometrika 26, 1934).

    A count that is an average (over seeds, say) may lie between two integers; its interval then lies between theirs.
    """

    count: float
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.n


def exact_proportion(count: float, n: int) -> Proportion:
    """Raises ValueError where there is nothing to have a share of.

    >>> exact = exact_proportion(0, 10)
    >>> round(exact.low, 3), round(exact.high, 3)
    (0.0, 0.308)
    """
    if not 0 <= count <= n or n < 1:
        raise ValueError(f"{count:g} of {n} is no proportion")
    tail = (1 - LEVEL) / 2
    low = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return Proportion(count, n, low, high)
