"""Speaker similarity, and what it keeps for telling a voice that became another."""

from codecbench.metrics.speaker.evidence import SpeakerEvidence, packed_embedding, unpacked_embedding
from codecbench.metrics.speaker.metric import CARD, SpeakerSimilarity

__all__ = ["CARD", "SpeakerEvidence", "SpeakerSimilarity", "packed_embedding", "unpacked_embedding"]
