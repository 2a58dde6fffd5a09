"""Which words did the codec change, and are they hallucinated (fluent, confident, wrong) or degraded?"""

from codecbench.metrics.hallucination.alignment import Step, ThreeWay, align_three
from codecbench.metrics.hallucination.cards import CF_CARD, CI_CARD, DEGRADED_CARD, HALLUCINATED_CARD, NULL_FLOOR
from codecbench.metrics.hallucination.comparison import ChangedWord, WordComparison, compare
from codecbench.metrics.hallucination.metric import WordChanges
from codecbench.metrics.hallucination.verdict import Evidence, Verdict, judge

CARDS = (CI_CARD, CF_CARD, HALLUCINATED_CARD, DEGRADED_CARD)
"""Of `WordChanges`, in the order of registration."""

__all__ = [
    "CARDS", "CF_CARD", "CI_CARD", "DEGRADED_CARD", "HALLUCINATED_CARD", "NULL_FLOOR", "ChangedWord",
    "Evidence", "Step", "ThreeWay", "Verdict", "WordChanges", "WordComparison", "align_three", "compare", "judge",
]  # fmt: skip
