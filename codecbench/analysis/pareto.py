"""Whose quality cannot be had for less: the Pareto front of a primary metric against a cost, at like bitrate.

A point is *dominated* where a point of another codec, its measured bitrate within 15 % of it, is
- shown to be ahead on the metric (adjusted, `codecbench.analysis.rivals`) and costs no more, or
- tied with it (any difference too small to matter) and costs less.
Otherwise it is on the *front*: also where nothing is shown. Being better by the mean alone dominates nobody. RTF is a
measurement of one machine: there "no more" and "less" both mean that the slowest repeat of the one took less time than
the fastest of the other. Where the repeats' spread is not known, neither is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Literal

from codecbench.analysis.costs import Cost
from codecbench.analysis.rivals import Rivals
from codecbench.analysis.side_by_side import like
from codecbench.analysis.summary import Row, Summary
from codecbench.store.rows import UTTERANCE

COSTS = ("macs_per_s", "rtf", "latency_ms", "parameters")
"""`rtf` is that of encoding and decoding together; a latency of the whole utterance is the largest there is."""

Status = Literal["front", "dominated", "alone", "unknown"]


@dataclass(frozen=True)
class ParetoPoint:
    """`by` dominates it: the best of those that do. `alone`: no other codec has a figure at like bitrate."""

    row: Row
    status: Status
    by: Row | None = None


def cost_value(cost: Cost, name: str) -> float | None:
    """One of `COSTS` as a number, infinite for a latency of the whole utterance, None where it is not known."""
    if name == "macs_per_s":
        return cost.macs_per_s
    if name == "rtf":
        return cost.rtf
    return inf if cost.figures.get(name) == UTTERANCE else cost.number(name)


def pareto(summary: Summary, rivals: Rivals, metric: str, cost: str) -> tuple[ParetoPoint, ...]:
    """One for each of the summary's rows that has the metric, in their order."""
    rows = [row for row in summary.rows if metric in row.scores and row.scores[metric].mean is not None]
    costs = {id(row): cost_value(row.cost, cost) for row in rows}
    sign = 1 if summary.metrics[metric].higher_is_better else -1
    return tuple(_place(row, rows, costs, rivals, metric, cost, sign) for row in rows)


def _place(
    row: Row, rows: list[Row], costs: Mapping[int, float | None], rivals: Rivals, metric: str, cost: str, sign: int
) -> ParetoPoint:
    mine = costs[id(row)]
    if mine is None:
        return ParetoPoint(row, "unknown")
    others = [(other, theirs) for other in rows if like(other, row) and (theirs := costs[id(other)]) is not None]
    if not others:
        return ParetoPoint(row, "alone")
    better = []
    for other, theirs in others:
        rivalry = rivals.between(other.place, row.place, metric)
        less = _faster(other.cost, row.cost) if cost == "rtf" else theirs < mine
        no_more = less if cost == "rtf" else theirs <= mine
        if rivalry and ((rivalry.standing == "ahead" and no_more) or (rivalry.standing == "tied" and less)):
            better.append(other)
    if not better:
        return ParetoPoint(row, "front")
    return ParetoPoint(row, "dominated", max(better, key=lambda other: sign * (other.scores[metric].mean or 0.0)))


def _faster(one: Cost, other: Cost) -> bool:
    """Beyond what either varied from repeat to repeat."""
    mine, theirs = one.rtf_spread, other.rtf_spread
    return mine is not None and theirs is not None and mine.high < theirs.low
