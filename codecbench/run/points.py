"""`--bitrates`: which operating points of a codec are asked for."""

from __future__ import annotations

import re

from codecbench.api import CodecCard, OperatingPoint
from codecbench.errors import UsageError

NEAR = 0.05
"""`--bitrates 1.5` matches a nominal bitrate within 5 %."""


def select_points(card: CodecCard, bitrates: str | None) -> tuple[OperatingPoint, ...]:
    """The points of `card` near `bitrates` (all without it), the lowest first. Raises UsageError for no such text."""
    points = sorted(card.points, key=lambda point: point.nominal_kbps)
    if bitrates is None:
        return tuple(points)
    ranges = parse_bitrates(bitrates)
    return tuple(
        point
        for point in points
        if any(low * (1 - NEAR) <= point.nominal_kbps <= high * (1 + NEAR) for low, high in ranges)
    )


def unmatched_parts(card: CodecCard, bitrates: str | None) -> list[str]:
    """Parts of `bitrates`, as they were typed, near which `card` has no point."""
    parts = [] if bitrates is None else bitrates.split(",")
    return [part.strip() for part in parts if not select_points(card, part)]


def parse_bitrates(text: str) -> list[tuple[float, float]]:
    """`1.5,3-6` as ranges in kbps.

    >>> parse_bitrates("1.5, 3-6")
    [(1.5, 1.5), (3.0, 6.0)]
    """
    number = r"(\d+(?:\.\d+)?)"
    ranges = []
    for part in text.split(","):
        match = re.fullmatch(rf"\s*{number}(?:\s*-\s*{number})?\s*", part)
        if match is None:
            raise UsageError(f"--bitrates '{text}': expected kbps such as 1.5,3 or a range such as 1-6")
        low, high = float(match[1]), float(match[2] or match[1])
        if low > high or high == 0:
            raise UsageError(f"--bitrates '{text}': {part.strip()} is an empty range")
        ranges.append((low, high))
    return ranges
