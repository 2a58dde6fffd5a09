"""From two codecs in turns to pass or fail, and how it is printed: lines, Markdown, JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codecbench.gate.speed import Clock, Side, SpeedError, Timing, compare_speed
from codecbench.gate.summary import SCHEMA, workflow_data
from codecbench.gate.verdict import NOT_MEASURED, PASS, REGRESSED, WORDS


@dataclass(frozen=True)
class SpeedOutcome:
    """`timings` are encoding and decoding; none, and a `reason`, where one of the two could not be timed."""

    before: Side
    after: Side
    timings: tuple[Timing, ...] = ()
    reason: str = ""

    @property
    def status(self) -> int:
        if self.reason:
            return NOT_MEASURED
        return REGRESSED if any(timing.slower for timing in self.timings) else PASS

    @property
    def lines(self) -> list[str]:
        if self.reason:
            return [f"could not measure: {self.reason}"]
        return [f"{timing.word}: {self._told(timing)}" for timing in self.timings]

    @property
    def annotations(self) -> list[str]:
        """GitHub workflow commands: of what fails, and of nothing else."""
        failing = [self._told(timing) for timing in self.timings if timing.slower]
        told = [f"could not measure: {self.reason}"] if self.reason else [f"regressed: {line}" for line in failing]
        return [f"::error title=codecbench gate::{workflow_data(line)}" for line in told]

    def _told(self, timing: Timing) -> str:
        return f"{self.after} against {self.before}: {timing}"


def judge_speed(before: Side, after: Side, rounds: int, factor: float) -> SpeedOutcome:
    """Time both in turns; `rounds` of each, slower from `factor` on."""
    try:
        return SpeedOutcome(before, after, compare_speed(before, after, rounds, factor).timings)
    except SpeedError as error:
        return SpeedOutcome(before, after, reason=str(error))


def as_markdown(outcome: SpeedOutcome) -> str:
    """A part of its own in a pull request's comment."""
    return "\n".join(["", "#### Speed, in turns", "", *(f"- {line}" for line in outcome.lines), ""])


def with_speed(document: Mapping[str, Any], outcome: SpeedOutcome) -> dict[str, Any]:
    """The gate's JSON (empty: only speed was asked for) and the speed; `status` and `verdict` are then of both."""
    status = max(document.get("status", PASS), outcome.status)
    return {
        "schema": SCHEMA, **document, "status": status, "verdict": WORDS[status],
        "speed": {
            "status": outcome.status, "verdict": WORDS[outcome.status], "reason": outcome.reason or None,
            "before": str(outcome.before), "after": str(outcome.after),
            "stages": [
                {"stage": timing.stage, "slower": timing.slower, "faster": timing.faster,
                 "wall": _clock(timing.wall), "cpu": _clock(timing.cpu)}
                for timing in outcome.timings
            ],
        },
    }  # fmt: skip


def _clock(clock: Clock) -> dict[str, Any]:
    """RTFs round by round."""
    return {"before": list(clock.before), "after": list(clock.after), "factor": clock.factor, "p": clock.p,
            "p_faster": clock.p_faster}  # fmt: skip
