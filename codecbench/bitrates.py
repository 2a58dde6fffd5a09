"""Bitrates as a user types them: `1.5,3` or a range `1-6`, in kbps, each met within 5 %; or the names of points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codecbench.errors import UsageError

if TYPE_CHECKING:
    from codecbench.api import OperatingPoint

NEAR = 0.05
"""`--bitrates 1.5` matches a nominal bitrate within 5 %."""
NUMBER = r"(\d+(?:\.\d+)?)"


@dataclass(frozen=True)
class Bitrates:
    """What was asked for: `ranges` in kbps, and operating points by their `names`."""

    ranges: tuple[tuple[float, float], ...] = ()
    names: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Bitrates:
        """Raises UsageError for an empty part or range.

        >>> Bitrates.parse("1.5, 3-6,q3")
        Bitrates(ranges=((1.5, 1.5), (3.0, 6.0)), names=frozenset({'q3'}))
        """
        ranges, names = [], []
        for part in map(str.strip, text.split(",")):
            match = re.fullmatch(rf"{NUMBER}(?:\s*-\s*{NUMBER})?", part)
            if match is not None:
                low, high = float(match[1]), float(match[2] or match[1])
                if low > high or high == 0:
                    raise UsageError(f"--bitrates '{text}': {part} is an empty range")
                ranges.append((low, high))
            elif re.match(r"[^\W\d_]", part):
                names.append(part)
            else:
                raise UsageError(
                    f"--bitrates '{text}': expected kbps such as 1.5,3, a range such as 1-6, or a point's name"
                )
        return cls(tuple(ranges), frozenset(names))

    def take(self, label: str, nominal_kbps: float | None) -> bool:
        """Whether the operating point of this label and bitrate was asked for, by its name or within 5 %."""
        if nominal_kbps is None:
            return label in self.names
        near = any(low * (1 - NEAR) <= nominal_kbps <= high * (1 + NEAR) for low, high in self.ranges)
        return near or label in self.names


def points_at(points: Sequence[OperatingPoint], text: str) -> Sequence[OperatingPoint]:
    """Of `points` the one of that label; else those of that bitrate, as `Bitrates.parse` reads it. Raises as that."""
    named = [point for point in points if point.label == text]
    if named:
        return named
    asked = Bitrates.parse(text)
    return [point for point in points if asked.take(point.label, point.nominal_kbps)]
