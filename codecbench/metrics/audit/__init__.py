"""`word_audit`: what another kind of recognizer says to each word that was heard for another."""

from codecbench.metrics.audit.metric import CARD, WordAudit

__all__ = ["CARD", "WordAudit"]
