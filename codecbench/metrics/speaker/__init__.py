"""Speaker similarity, and what it keeps for telling a voice that became another."""

from codecbench.metrics.speaker.evidence import (
    GivenModelEvidence,
    SpeakerEvidence,
    packed_embedding,
    packed_signed,
    unpacked_embedding,
)
from codecbench.metrics.speaker.given import ECAPA_CARD, WAVLM_CARD, ecapa_similarity, wavlm_similarity
from codecbench.metrics.speaker.metric import CARD, SpeakerSimilarity

__all__ = [
    "CARD",
    "ECAPA_CARD",
    "WAVLM_CARD",
    "GivenModelEvidence",
    "SpeakerEvidence",
    "SpeakerSimilarity",
    "ecapa_similarity",
    "packed_embedding",
    "packed_signed",
    "unpacked_embedding",
    "wavlm_similarity",
]
