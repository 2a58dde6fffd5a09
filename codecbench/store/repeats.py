"""Each of several scores of one sample, by a metric whose figure differs from one time to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEY = "repeats"
"""In a score's detail, among what the metric itself keeps there."""


@dataclass(frozen=True)
class RepeatedScore:
    """Its `values`, of which the score is the mean."""

    values: tuple[float, ...]

    def to_json(self) -> list[float]:
        return list(self.values)

    @classmethod
    def from_detail(cls, detail: Mapping[str, Any]) -> RepeatedScore | None:
        """Of a score's detail; None where it was scored once."""
        values = detail.get(KEY)
        return cls(tuple(map(float, values))) if isinstance(values, (list, tuple)) else None
