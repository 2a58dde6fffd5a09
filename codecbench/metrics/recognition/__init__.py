"""Word and character error rates, absolute and against the original, with the texts that were compared."""

from codecbench.metrics.recognition.evidence import EditEvidence, Texts
from codecbench.metrics.recognition.metric import (
    CER_CARD,
    DELTA_WER_CARD,
    DWER_CARD,
    LOOP_CARD,
    WER_CARD,
    DeltaWer,
    Dwer,
    Edits,
    ErrorRate,
    LoopRate,
    count_edits,
)

__all__ = [
    "CER_CARD", "DELTA_WER_CARD", "DWER_CARD", "LOOP_CARD", "WER_CARD", "DeltaWer", "Dwer", "EditEvidence", "Edits",
    "ErrorRate", "LoopRate", "Texts", "count_edits",
]  # fmt: skip
