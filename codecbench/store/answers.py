"""What came of one score: a figure with its evidence, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True)
class ScoreValue:
    """A figure, `numerator / denominator`, and its evidence (JSON)."""

    numerator: float
    denominator: float
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> Literal["ok"]:
        return "ok"

    @property
    def columns(self) -> tuple[str, None, float, float, Mapping[str, Any]]:
        """In the order of the store: status, reason, numerator, denominator, detail."""
        return "ok", None, self.numerator, self.denominator, self.detail


@dataclass(frozen=True)
class Failure:
    """Why a task has no result. `fatal` where its process died or was killed."""

    status: Literal["failed", "skipped", "abstained"]
    reason: str
    fatal: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Evidence (JSON) that tells one kind of abstention from another; the reason is for people alone."""
    loading: bool = False
    """Whether it was a model that did not load, before any task of its process."""
    from_outside: bool = False
    """Of one that is `fatal`: whether somebody else ended the process that did its work."""

    @property
    def columns(self) -> tuple[str, str, None, None, Mapping[str, Any]]:
        """In the order of the store: status, reason, numerator, denominator, detail."""
        return self.status, self.reason, None, None, self.detail


@dataclass(frozen=True)
class Absent:
    """A rung of the loss ladder that the codec does not have, which is an answer and no failure."""

    reason: str

    @property
    def status(self) -> Literal["none"]:
        return "none"

    @property
    def columns(self) -> tuple[str, str, None, None, Mapping[str, Any]]:
        """In the order of the store: status, reason, numerator, denominator, detail."""
        return "none", self.reason, None, None, {}


Answer: TypeAlias = ScoreValue | Failure | Absent
STANDING = ("ok", "abstained", "none")
"""Statuses that stand. Failed and skipped scores are tried again: what was missing or broken may be mended."""
