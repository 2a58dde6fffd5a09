"""Bitrates as a user types them: `1.5,3` or a range `1-6`, in kbps, each met within 5 %."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codecbench.errors import UsageError

NEAR = 0.05
"""`--bitrates 1.5` matches a nominal bitrate within 5 %."""


def parse_bitrates(text: str) -> list[tuple[float, float]]:
    """`1.5,3-6` as ranges in kbps. Raises UsageError for another text.

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


def is_near(kbps: float, ranges: Sequence[tuple[float, float]]) -> bool:
    """Whether `kbps` is in one of `ranges`, or within 5 % of its ends."""
    return any(low * (1 - NEAR) <= kbps <= high * (1 + NEAR) for low, high in ranges)
