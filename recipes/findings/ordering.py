"""Which codec is better at which rate, and where the spread between seeds and between speakers forbids to say so.

Two codecs are ordered only where their means differ by more than q √(V / 2). q is the 95 % quantile of the studentized
range of all codecs at that rate (Tukey and Kramer: all pairs of a rate hold together). The variance V of the difference
has two parts. Seeds: s² (1 / n + 1 / m) for n and m seeds, where s is the standard deviation of one seed, pooled over
all codecs and rates of that budget which have at least two, with as many degrees of freedom as codecs have seeds beyond
their first (the rates of one training are no further ones). Speakers: v / k, where v is the variance over the k test
speakers of the paired differences of the two codecs, each averaged over its seeds. V has Satterthwaite's degrees of
freedom, pair by pair, as in Games and Howell (1976), rounded down. What a seed changes for single speakers is in both
parts, so that V is rather too large. Results without test speakers (protocol 1) are not ordered.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import floor, sqrt
from statistics import variance

from scipy.stats import studentized_range
from scipy.stats import t as student

from codecbench.errors import UsageError
from recipes.findings.cells import Cell
from recipes.findings.records import Ranged

BETTER_IS_MORE = {"pesq_wb": True, "estoi": True, "mel": False}


@dataclass(frozen=True)
class Error:
    """The variance of an estimate, and the degrees of freedom it is known by."""

    variance: float
    freedom: float

    def plus(self, other: Error) -> Error:
        """Of the sum of independent parts (Satterthwaite 1946)."""
        total = self.variance + other.variance
        if total == 0:
            return Error(0.0, min(self.freedom, other.freedom))
        return Error(total, total**2 / (self.variance**2 / self.freedom + other.variance**2 / other.freedom))


@dataclass(frozen=True)
class Spread:
    """What another seed changes: `deviation` of one seed's score, and how many `freedom` it is known by."""

    deviation: float
    freedom: int

    def apart(self, one: Cell, other: Cell, among: int) -> bool:
        """Whether two means, of `among` that are compared with each other, differ by more than seeds and speakers."""
        error = self._seeds(one, other)
        shared = sorted(one.speakers.keys() & other.speakers.keys())
        if shared:
            error = error.plus(_over_speakers([one.speakers[who] - other.speakers[who] for who in shared]))
        return abs(one.mean - other.mean) > range_quantile(among, floor(error.freedom)) * sqrt(error.variance / 2)

    def interval(self, cell: Cell) -> Ranged:
        """The mean with a 95 % interval over speakers and seeds; of one cell alone, not of differences."""
        error = self._seeds(cell).plus(_over_speakers(list(cell.speakers.values())))
        reach = float(student.ppf(0.975, error.freedom)) * sqrt(error.variance)
        return Ranged(cell.mean, cell.mean - reach, cell.mean + reach)

    def _seeds(self, *cells: Cell) -> Error:
        return Error(self.deviation**2 * sum(1 / len(cell.values) for cell in cells), self.freedom)


def _over_speakers(values: list[float]) -> Error:
    """Of their mean. Raises UsageError where there is only one speaker."""
    if len(values) < 2:
        raise UsageError("one test speaker tells nothing of others; 2 are the least, 40 what the reference track has")
    return Error(variance(values) / len(values), len(values) - 1)


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
