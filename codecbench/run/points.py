"""`--bitrates`: which operating points of a codec are asked for."""

from __future__ import annotations

from codecbench.api import CodecCard, OperatingPoint
from codecbench.bitrates import Bitrates


def select_points(card: CodecCard, bitrates: str | None) -> tuple[OperatingPoint, ...]:
    """The points of `card` near `bitrates` (all without it), the lowest first. Raises UsageError for no such text."""
    if bitrates is None:
        return card.rising_points
    asked = Bitrates.parse(bitrates)
    return tuple(point for point in card.rising_points if asked.take(point.label, point.nominal_kbps))


def unmatched_parts(card: CodecCard, bitrates: str | None) -> list[str]:
    """Parts of `bitrates`, as they were typed, near which `card` has no point."""
    parts = [] if bitrates is None else bitrates.split(",")
    return [part.strip() for part in parts if not select_points(card, part)]
