"""Speaker similarity: cosine of the GE2E embeddings of original and decoded.

The detail has what `codecbench.analysis.speakers` needs to tell a voice that became another: the original's embedding,
and whether the decoded is noisier or duller than it.
"""

from __future__ import annotations

import numpy as np

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score
from codecbench.metrics.clarity import clarity
from codecbench.metrics.ge2e import TARGET_DBFS, SpeakerEncoder, weights_file
from codecbench.metrics.pair import checked_pair, checked_signal, is_silent, require_seconds
from codecbench.metrics.speaker.evidence import SpeakerEvidence, packed_embedding

SHORTEST_S = 0.5
"""The encoder was trained on 1.6 s; below a third of that it sees mostly padding."""

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
    parameters={"encoder": "resemblyzer-0.1-ge2e", "level_dbfs": TARGET_DBFS, "trim_silence": False},
)


class SpeakerSimilarity:
    """In [0, 1], for the embeddings have no negative component; other speakers score 0.4 to 0.75, not 0."""

    def __init__(self) -> None:
        self._encoder = SpeakerEncoder(weights_file())

    def prepare(self, reference: Audio) -> list[float]:
        """The original's embedding [256]."""
        signal = checked_signal(reference, "reference")
        require_seconds(signal, SHORTEST_S)
        if is_silent(signal):
            raise Abstain("the original is silent")
        return [float(value) for value in self._encoder.embed(signal)]

    def score(self, sample: Sample) -> Score:
        pair = checked_pair(sample)
        pair.require_seconds(SHORTEST_S)
        pair.require_sound()
        prepared = self.prepare(sample.reference) if sample.prepared is None else sample.prepared
        decoded = self._encoder.embed(pair.decoded).astype(np.float64)
        original = np.asarray(prepared, dtype=np.float64)
        evidence = SpeakerEvidence(packed_embedding(original), clarity(pair))
        # Rounding of unit vectors may exceed 1 in the eighth digit.
        return Score(min(1.0, float(np.dot(original, decoded))), detail=evidence.to_json())
