"""`confirmed_wer`: of the words that the codec changed, those that a second recognizer of another family hears too."""

from codecbench.metrics.confirmed.metric import CARD, ConfirmedWer

__all__ = ["CARD", "ConfirmedWer"]
