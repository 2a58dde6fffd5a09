"""What one item of the kit found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["pass", "warn", "fail", "skip"]


@dataclass(frozen=True)
class CheckResult:
    """`seen`: what was tried and what came of it; `advice`: what to do, where it did not pass."""

    item: str
    outcome: Outcome
    seen: str
    advice: str = ""


def passed(item: str, seen: str) -> CheckResult:
    return CheckResult(item, "pass", seen)


def warned(item: str, seen: str, advice: str) -> CheckResult:
    return CheckResult(item, "warn", seen, advice)


def failed(item: str, seen: str, advice: str) -> CheckResult:
    return CheckResult(item, "fail", seen, advice)


def skipped(item: str, seen: str) -> CheckResult:
    """It does not apply to this codec, or cannot be told."""
    return CheckResult(item, "skip", seen)


def worst(findings: Sequence[CheckResult]) -> Outcome:
    """Of all of them."""
    outcomes = {finding.outcome for finding in findings}
    return next((one for one in ("fail", "warn", "pass") if one in outcomes), "skip")
