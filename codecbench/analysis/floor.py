"""The recognizer's own errors on the originals, over exactly the utterances that were scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from codecbench.metrics.recognition.evidence import EditEvidence
from codecbench.store.rows import ScoreRow

FLOOR_METRICS = ("wer", "cer")


@dataclass(frozen=True)
class Floor:
    """Edits on the originals over reference words (`wer`) or characters (`cer`); None and the reason if unknown."""

    value: float | None
    n: int = 0
    reason: str | None = None


def find_floor(metric: str, scores: Sequence[ScoreRow]) -> Floor:
    """The floor does not depend on the codec: each utterance counts once, whichever codec it was scored for."""
    rows = [row for row in scores if row.metric == metric]
    if not rows:
        return Floor(None, reason=f"{metric} was not scored")
    first: dict[str, tuple[float, float]] = {}
    for row in rows:
        edits = EditEvidence.from_json(row.detail).floor_edits
        if row.status == "ok" and row.denominator and edits is not None:
            first.setdefault(row.utterance, (float(edits), row.denominator))
    if not first:
        why = next((row.reason for row in rows if row.reason), "its scores do not tell")
        return Floor(None, reason=why)
    return Floor(fsum(edits for edits, _ in first.values()) / fsum(words for _, words in first.values()), len(first))
