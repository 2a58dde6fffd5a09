"""The original's own score, beside each score of a metric that needs no reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEY = "original_score"
"""In a score's detail, among what the metric itself keeps there."""


@dataclass(frozen=True)
class OriginalScore:
    """`numerator / denominator` of the original; or None and the reason why it has no score."""

    numerator: float | None = None
    denominator: float | None = None
    reason: str | None = None

    @property
    def value(self) -> float | None:
        """None where there is no score."""
        return None if self.numerator is None or not self.denominator else self.numerator / self.denominator

    def to_json(self) -> dict[str, Any]:
        if self.reason is not None:
            return {"reason": self.reason}
        return {"numerator": self.numerator, "denominator": self.denominator}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> OriginalScore:
        return cls(value.get("numerator"), value.get("denominator"), value.get("reason"))

    @classmethod
    def from_detail(cls, detail: Mapping[str, Any]) -> OriginalScore | None:
        """Of a score's detail; None where the original was not scored."""
        return cls.from_json(detail[KEY]) if KEY in detail else None
