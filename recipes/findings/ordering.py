"""Which codec is better at which rate, and where the spread between seeds forbids to say so.

Two codecs are ordered only where their means, of n and m seeds, differ by more than q s √(1 / n + 1 / m) / √2: s is the
standard deviation of one seed, pooled over all codecs and rates of that budget which have at least two, and q the 95 %
quantile of the studentized range of all codecs at that rate (Tukey and Kramer: all pairs of a rate hold together), with
as many degrees of freedom as codecs have seeds beyond their first (the rates of one training are no further ones).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt
from statistics import fmean, variance

from scipy.stats import studentized_range

BETTER_IS_MORE = {"pesq_wb": True, "estoi": True, "mel": False}


@dataclass(frozen=True)
class Cell:
    """Several seeds of one codec, budget and bitrate."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        return fmean(self.values)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.mean:.3f}"
        return f"{self.mean:.3f} ({min(self.values):.3f}-{max(self.values):.3f})"


@dataclass(frozen=True)
class Spread:
    """What another seed changes: `deviation` of one seed's score, and how many `freedom` it is known by."""

    deviation: float
    freedom: int

    def apart(self, one: Cell, other: Cell, among: int) -> bool:
        """Whether two means, of `among` that are compared with each other, differ by more than seeds do."""
        reach = self.deviation * sqrt((1 / len(one.values) + 1 / len(other.values)) / 2)
        return abs(one.mean - other.mean) > range_quantile(among, self.freedom) * reach


@cache
def range_quantile(count: int, freedom: int) -> float:
    """The range of `count` equal means stays below this many standard errors, 19 times of 20."""
    return float(studentized_range.ppf(0.95, count, freedom))


def spread(by_place: dict[tuple[str, float], Cell]) -> Spread | None:
    """None where no codec has two seeds."""
    several = {place: cell.values for place, cell in by_place.items() if len(cell.values) > 1}
    if not several:
        return None
    pooled = sum((len(values) - 1) * variance(values) for values in several.values())
    deviation = sqrt(pooled / sum(len(values) - 1 for values in several.values()))
    further = {codec: max(len(v) for (name, _), v in several.items() if name == codec) - 1 for codec, _ in several}
    return Spread(deviation, sum(further.values()))


def ranking(by_place: dict[tuple[str, float], Cell], metric: str) -> dict[float, list[tuple[str, Cell]]]:
    """By kbps, where more than one codec has it: all of them, the best first."""
    by_rate: dict[float, list[tuple[str, Cell]]] = defaultdict(list)
    for (codec, kbps), cell in by_place.items():
        by_rate[kbps].append((codec, cell))
    return {
        kbps: sorted(codecs, key=lambda one: one[1].mean, reverse=BETTER_IS_MORE[metric])
        for kbps, codecs in sorted(by_rate.items()) if len(codecs) > 1
    }  # fmt: skip


def leaders(by_place: dict[tuple[str, float], Cell], metric: str, known: Spread | None) -> dict[float, list[str]]:
    """By kbps: the best codec, and all that the spread between seeds, where it is known, does not set apart from it."""
    return {
        kbps: [
            name for name, cell in codecs
            if cell is codecs[0][1] or (known and not known.apart(codecs[0][1], cell, len(codecs)))
        ]
        for kbps, codecs in ranking(by_place, metric).items()
    }  # fmt: skip


def order(codecs: list[tuple[str, Cell]], known: Spread) -> str:
    """A ranking in a line: between neighbours `>` where they are set apart, else `~`."""
    line = codecs[0][0]
    for (_, better), (name, cell) in pairwise(codecs):
        line += f" {'>' if known.apart(better, cell, len(codecs)) else '~'} {name}"
    return line
