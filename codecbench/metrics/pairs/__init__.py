"""The pair probe: of two words that differ in one consonant, which does the decoded say?"""

from codecbench.metrics.pairs.evidence import SCREENED_OUT, AbstentionEvidence, FlipEvidence
from codecbench.metrics.pairs.metric import CARD, FlipRate, is_flip
from codecbench.metrics.pairs.reading import Reading, check_pairs, reading_of

__all__ = [
    "CARD", "SCREENED_OUT", "AbstentionEvidence", "FlipEvidence", "FlipRate", "Reading", "check_pairs", "is_flip",
    "reading_of",
]  # fmt: skip
