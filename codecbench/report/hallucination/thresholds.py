"""The thresholds that a run's verdicts rest on, and the false-alarm floor they have."""

from __future__ import annotations

from dataclasses import dataclass

from codecbench.analysis.hallucination import HALLUCINATED
from codecbench.analysis.proportions import Proportion, exact_proportion
from codecbench.analysis.summary import Summary
from codecbench.metrics.hallucination.calibration import VerdictCalibration, parameter_name
from codecbench.metrics.hallucination.cards import calibrations_of

CONTROL_RECOGNIZER = "whisper-tiny.en"
CONTROL_COUNT, CONTROL_WORDS, CONTROL_UTTERANCES = 1, 1311, 75
"""Hallucinated words of Opus at 32 kbps over utterances of real speech (docs/hallucination.md)."""


@dataclass(frozen=True)
class FalseAlarms:
    """H-WER where a codec is known to say what was said, Opus at 32 kbps, with its exact interval, and where from."""

    share: Proportion
    source: str


def find_thresholds(summary: Summary) -> VerdictCalibration | None:
    """The calibration of the run's recognizer, where a file here is the one that the run's verdicts rest on."""
    name = recognizer_id(summary)
    facts = summary.metrics.get(HALLUCINATED)
    known = calibrations_of(facts.parameters if facts else None)
    return VerdictCalibration.with_sha256(name, known.get(parameter_name(name)))


def find_false_alarms(summary: Summary) -> FalseAlarms | None:
    """From the run's own Opus at 32 kbps, else from the published control of the same recognizer."""
    for row in summary.rows:
        if (row.codec, row.point) == ("opus", "32") and row.hallucination:
            share = row.hallucination.proportion
            if share is not None:
                return FalseAlarms(share, "in this run")
    if recognizer_id(summary) != CONTROL_RECOGNIZER:
        return None
    share = exact_proportion(CONTROL_COUNT, CONTROL_WORDS)
    control = f"{CONTROL_RECOGNIZER} on {CONTROL_UTTERANCES} utterances of real speech, docs/hallucination.md"
    return FalseAlarms(share, f"not in this run: {control}")


def recognizer_id(summary: Summary) -> str:
    """Empty where the run had none."""
    recognizer = summary.run.get("recognizer")
    return str(recognizer.get("id", "")) if isinstance(recognizer, dict) else ""
