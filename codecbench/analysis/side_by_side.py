"""Which operating points may stand side by side: the one place that says what a like bitrate is.

Rates are what the payloads measure (nominal where nothing was measured). Two points are *alike* up to 15 % apart. Four
questions are asked of it, each with its own rule, as docs/definitions.md has them:

- who is compared with whom (`like_pairs`): every two points of different codecs that are alike;
- who stands at a bitrate (`stands_at`): half as far from it, so that any two there are alike;
- which rows make one group of a table (`like_groups`): from the lowest rate on, a group spans at most 15 %;
- whose figure answers to whose (`nearest_pairs`): of every two codecs the points that are each other's nearest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import log
from typing import Protocol, TypeVar

from codecbench.store.ids import CodecId, by_codec

LIKE_RATE = 1.15
"""Measured bitrates up to this ratio count as alike. Our choice."""


class _Point(Protocol):
    @property
    def codec_id(self) -> CodecId: ...
    @property
    def spent_kbps(self) -> float: ...


Point = TypeVar("Point", bound=_Point)


def like_rates(one: float, other: float) -> bool:
    """kbps within 15 % of each other.

    >>> like_rates(6, 6.9), like_rates(6, 7)
    (True, False)
    """
    return max(one, other) <= LIKE_RATE * min(one, other) * (1 + 1e-9)


def stands_at(kbps: float, label: float) -> bool:
    """Whether a point may be put down for a bitrate: half as far from it (7.2 %), so that any two there are alike.

    >>> stands_at(6.4, 6), stands_at(5.6, 6), stands_at(6.5, 6)
    (True, True, False)
    """
    return like_rates(kbps**2, label**2)


def like(one: _Point, other: _Point) -> bool:
    """Of different codecs or checkpoints, and of like bitrate."""
    return one.codec_id != other.codec_id and like_rates(one.spent_kbps, other.spent_kbps)


def like_pairs(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    return [(one, other) for one, other in combinations(points, 2) if like(one, other)]


def nearest_at(points: Sequence[Point], rate: float) -> list[int]:
    """Indices of the points that stand at `rate`: of each codec the nearest."""
    best: dict[CodecId, int] = {}
    for index, point in enumerate(points):
        if not stands_at(point.spent_kbps, rate):
            continue
        held = best.get(point.codec_id)
        if held is None or abs(log(point.spent_kbps / rate)) < abs(log(points[held].spent_kbps / rate)):
            best[point.codec_id] = index
    return sorted(best.values())


def like_groups(points: Sequence[Point]) -> list[list[Point]]:
    """All points, lowest rate first."""
    groups: list[list[Point]] = []
    for point in sorted(points, key=lambda point: point.spent_kbps):
        if groups and point.spent_kbps <= LIKE_RATE * groups[-1][0].spent_kbps:
            groups[-1].append(point)
        else:
            groups.append([point])
    return groups


def nearest_pairs(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Of every two codecs the points that are each other's nearest, and alike."""
    for one, other in combinations(by_codec(points).values(), 2):
        for point in one:
            nearest = min(other, key=lambda candidate: _apart(point, candidate))
            back = min(one, key=lambda candidate: _apart(nearest, candidate))
            if back is point and _apart(point, nearest) <= log(LIKE_RATE):
                yield point, nearest


def _apart(one: _Point, other: _Point) -> float:
    return abs(log(one.spent_kbps / other.spent_kbps))
