"""The same trainings read at equal compute: what each codec scores once its training has taken so many CPU minutes.

Equal updates ask what an architecture makes of the same speech; equal CPU time asks what it makes of the same machine.
A codec's score between two budgets is interpolated over the logarithm of its CPU time; before its first and beyond its
last budget there is none. Each budget ends with a falling learning rate of its own: every point is a finished training.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log2
from statistics import fmean

from recipes.findings.results import Result
from recipes.findings.tables import score_cell
from recipes.training.schedule import BUDGETS, START


@dataclass(frozen=True)
class Ended:
    """A budget's end: mean CPU minutes and mean score of a codec's seeds, at its highest bitrate."""

    minutes: float
    score: float


@dataclass(frozen=True)
class EqualCompute:
    """`minutes` double from one to the next; `scores` by codec, one for each of them, None outside its trainings."""

    processor: str
    minutes: tuple[int, ...]
    scores: dict[str, tuple[float | None, ...]]

    def cells(self, codec: str) -> list[str]:
        """Of a table."""
        return list(map(score_cell, self.scores[codec]))


def read_equal_compute(results: Iterable[Result], metric: str) -> EqualCompute | None:
    """None where no CPU time was measured, or not all on one kind of processor: minutes of two are not comparable."""
    timed = [one for one in results if one.budget != START and one.cpu_seconds is not None]
    processors = {one.processor for one in timed}
    if len(processors) != 1 or None in processors:
        return None
    curves = {codec: _ends(timed, codec, metric) for codec in sorted({one.codec for one in timed})}
    curves = {codec: curve for codec, curve in curves.items() if curve}
    if not curves:
        return None
    first = min(curve[0].minutes for curve in curves.values())
    last = max(curve[-1].minutes for curve in curves.values())
    minutes = tuple(2**power for power in range(ceil(log2(first)), floor(log2(last)) + 1))
    scores = {codec: tuple(score_after(curve, each) for each in minutes) for codec, curve in curves.items()}
    return EqualCompute(str(processors.pop()), minutes, scores)


def score_after(curve: list[Ended], minutes: float) -> float | None:
    """`curve` by rising CPU time."""
    for before, after in pairwise(curve):
        if before.minutes <= minutes <= after.minutes:
            share = log2(minutes / before.minutes) / log2(after.minutes / before.minutes)
            return before.score + share * (after.score - before.score)
    return next((end.score for end in curve if end.minutes == minutes), None)


def _ends(timed: list[Result], codec: str, metric: str) -> list[Ended]:
    ends = []
    for budget in BUDGETS:
        mine = [one for one in timed if (one.codec, one.budget) == (codec, budget)]
        known = [score for one in mine if (score := one.highest(metric)) is not None]
        if known:
            ends.append(Ended(fmean(one.cpu_seconds or 0.0 for one in mine) / 60, fmean(known)))
    return sorted(ends, key=lambda end: end.minutes)
