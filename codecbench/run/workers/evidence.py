"""Evidence on an original, as the store keeps it: `{"value"}`, or `{"status", "reason"}` where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from codecbench.api import Abstain, Unavailable
from codecbench.plugins import describe_error
from codecbench.store.answers import Failure

Evidence: TypeAlias = Mapping[str, Any]


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
