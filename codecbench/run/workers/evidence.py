"""Evidence on an original, as the store keeps it: `{"value"}`, or `{"status", "reason"}` where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from codecbench.api import Abstain, Unavailable
from codecbench.plugins import describe_error
from codecbench.store.answers import Failure
from codecbench.store.originals import OriginalScore

Evidence: TypeAlias = Mapping[str, Any]
ORIGINALS = "original_scores"
"""Beside `value`, by metric id: the original's own scores by the metrics that need no reference."""


def evidence_of(compute: Callable[[], Any]) -> dict[str, Any]:
    """What `compute` returns, or why it did not."""
    try:
        return {"value": plain(compute())}
    except BaseException as error:  # workers ignore Ctrl-C: whatever it is, it is the plugin's
        return reason_of(failure_of(error))


def value_of(evidence: Evidence | None) -> Any:
    """What was computed; raises what was raised, so that every score that needs it says why it has none."""
    if evidence is None or "value" in evidence:
        return evidence and evidence["value"]
    problem = {"abstained": Abstain, "skipped": Unavailable}.get(evidence["status"], RuntimeError)
    raise problem(f"on the original: {evidence['reason']}")


def with_originals(evidence: Evidence, scores: Mapping[str, OriginalScore]) -> dict[str, Any]:
    return {**evidence, ORIGINALS: {name: score.to_json() for name, score in scores.items()}}


def originals_of(evidence: Evidence | None) -> dict[str, OriginalScore]:
    """What `with_originals` was given; empty where nothing was."""
    kept = (evidence or {}).get(ORIGINALS) or {}
    return {name: OriginalScore.from_json(score) for name, score in kept.items()}


def reason_of(failure: Failure) -> dict[str, str]:
    """A failure as evidence."""
    return {"status": failure.status, "reason": failure.reason}


def failure_of(error: BaseException) -> Failure:
    """What an exception of a plugin means for its score."""
    if isinstance(error, Abstain):
        return Failure("abstained", str(error), detail=plain(dict(error.detail)))
    if isinstance(error, (Unavailable, ModuleNotFoundError)):
        return Failure("skipped", str(error))
    return Failure("failed", describe_error(error))


def plain(value: Any) -> Any:
    """`value` as the store will give it back. Raises TypeError or ValueError where it is not JSON."""
    return json.loads(json.dumps(value, allow_nan=False))
