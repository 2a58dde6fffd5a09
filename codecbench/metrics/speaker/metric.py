"""Speaker similarity: cosine of the GE2E embeddings of original and decoded.

The detail has what `codecbench.analysis.speakers` needs to tell a voice that became another: the original's embedding,
and whether the decoded is noisier or duller than it.
"""

from __future__ import annotations

from codecbench.api import MetricCard, Sample, Score
from codecbench.metrics.clarity import clarity
from codecbench.metrics.ge2e import TARGET_DBFS, SpeakerEncoder, weights_file
from codecbench.metrics.speaker.embeddings import EmbeddingSimilarity
from codecbench.metrics.speaker.evidence import SpeakerEvidence, packed_embedding

PRELOAD = ("torch",)

CARD = MetricCard(
    id="speaker_similarity",
    title="speaker (GE2E)",
    long_title="speaker similarity (GE2E)",
    version="2",
    description="Does it sound like the same speaker: cosine of Resemblyzer's GE2E embeddings.",
    higher_is_better=True,
    low=0.0,
    high=1.0,
    stand_in="enrolment",
    parameters={"encoder": "resemblyzer-0.1-ge2e", "level_dbfs": TARGET_DBFS, "trim_silence": False},
)


class SpeakerSimilarity(EmbeddingSimilarity):
    """In [0, 1], for the embeddings have no negative component; other speakers score 0.4 to 0.75, not 0."""

    def __init__(self) -> None:
        super().__init__(SpeakerEncoder(weights_file()))

    def score(self, sample: Sample) -> Score:
        pair = self.embedded(sample)
        evidence = SpeakerEvidence(packed_embedding(pair.original), clarity(pair.signals))
        return Score(pair.cosine, detail=evidence.to_json())
