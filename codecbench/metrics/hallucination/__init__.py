"""Which words did the codec change, and did it lie (fluent, confident, wrong) or blur?"""

from codecbench.metrics.hallucination.alignment import Step, ThreeWay, align_three
from codecbench.metrics.hallucination.cards import CF_CARD, CI_CARD, DEGRADED_CARD, HALLUCINATED_CARD, NULL_FLOOR
from codecbench.metrics.hallucination.comparison import Change, Comparison, compare
from codecbench.metrics.hallucination.metric import CodecFixed, CodecInduced, Judged, degraded, hallucinated
from codecbench.metrics.hallucination.verdict import Evidence, Verdict, judge

__all__ = [
    "CF_CARD", "CI_CARD", "DEGRADED_CARD", "HALLUCINATED_CARD", "NULL_FLOOR", "Change", "CodecFixed", "CodecInduced",
    "Comparison", "Evidence", "Judged", "Step", "ThreeWay", "Verdict", "align_three", "compare", "degraded",
    "hallucinated", "judge",
]  # fmt: skip
