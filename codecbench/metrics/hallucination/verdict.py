"""Hallucinated or degraded? A verdict for each word that the codec broke, with the evidence it rests on.

Hallucinated: something else was heard (a substitution or an insertion), a real word, of which the recognizer is sure,
and which fits the sound clearly better than what was said (`margins`). All else is degraded, deletions too: there is no
word to be sure of. The recognizer's own loops are cut before (`codecbench.metrics.loops`).

Sure: as sure as of most words of clean speech, or not much less sure than it was of the right word in the same place of
the original. For a word that nobody could foresee has a low probability however clearly it is spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codecbench.metrics.hallucination.alignment import Operation
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.hallucination.comparison import ChangedWord

Kind = Literal["hallucinated", "degraded"]
Reason = Literal["", "deletion", "loop", "no word", "unsure", "no better"]
"""Why a word is degraded, the first that holds; empty for a hallucinated one. Only scores of version 1 have `loop`."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one word of E.

    `position` is the reference word's index, for an insertion the gap's. `probability` (the recognizer's) and
    `real_word` are None where nothing was heard; `margin` (nats per word, see `margins`) also where another reason
    made it needless. `original_probability` is that of the right word in the original, None for an insertion. `begins`
    and `ends`: the heard word's place in the decoded, in seconds.
    """

    operation: Operation
    position: int
    reference: str | None
    heard: str | None
    probability: float | None
    original_probability: float | None
    margin: float | None
    real_word: bool | None
    begins: float | None
    ends: float | None

    def reason(self, calibration: VerdictCalibration) -> Reason:
        """Why it is degraded; empty where it is hallucinated."""
        if self.heard is None:
            return "deletion"
        if not self.real_word:
            return "no word"
        if self.probability is None or self.probability < calibration.surely(self.original_probability):
            return "unsure"
        if self.margin is None or self.margin < calibration.margin_nats:
            return "no better"
        return ""


@dataclass(frozen=True)
class Verdict:
    """One word of E, judged."""

    kind: Kind
    reason: Reason
    evidence: Evidence


def gather(
    errors: Sequence[ChangedWord], margins: Mapping[int, float], is_real: Callable[[str], bool]
) -> list[Evidence]:
    """The evidence on each of `errors`; `margins` by their index, as far as they are known."""
    return [_evidence(error, margins.get(n), is_real) for n, error in enumerate(errors)]


def doubtful(evidence: Sequence[Evidence], calibration: VerdictCalibration) -> frozenset[int]:
    """Indices of the evidence, gathered without margins, whose verdict hangs on them."""
    return frozenset(n for n, each in enumerate(evidence) if each.reason(calibration) in ("", "no better"))


def judge(evidence: Sequence[Evidence], calibration: VerdictCalibration) -> list[Verdict]:
    """One verdict on each."""
    reasons = [each.reason(calibration) for each in evidence]
    return [
        Verdict("degraded" if reason else "hallucinated", reason, each)
        for reason, each in zip(reasons, evidence, strict=True)
    ]


def _evidence(error: ChangedWord, margin: float | None, is_real: Callable[[str], bool]) -> Evidence:
    heard = error.heard
    place = (error.operation, error.position, error.reference)
    original = error.elsewhere.probability if error.elsewhere else None
    if heard is None:
        return Evidence(*place, None, None, original, margin, None, None, None)
    real = is_real(heard.text)
    return Evidence(*place, heard.text, heard.probability, original, margin, real, heard.begins, heard.ends)
