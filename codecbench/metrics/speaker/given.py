"""Speaker similarity by models that the user gives: cosine of the embeddings of original and decoded.

Each model has a scale of its own: 0.85 of one is another likeness than 0.85 of another. So the original's embedding is
kept with each score, and `codecbench.analysis.speaker_pairs` finds each model's equal-error threshold by them.
"""

from __future__ import annotations

from codecbench.api import MetricCard, MetricOptions, MetricWeights, Sample, Score, Unavailable
from codecbench.metrics.speaker.embeddings import SHORTEST_S, EmbeddingSimilarity
from codecbench.metrics.speaker.evidence import GivenModelEvidence, packed_signed
from codecbench.metrics.speaker.wavlm import CONFIG, MODEL_FILES, PREPROCESSOR, WavLMEncoder

PRELOAD = ("torch",)


def _card(model: str, title: str, what: str, weights: MetricWeights) -> MetricCard:
    return MetricCard(
        id=f"speaker_similarity_{model}",
        title=f"speaker ({title})",
        long_title=f"speaker similarity ({title})",
        version="1",
        description=f"Does it sound like the same speaker: cosine of the embeddings of {what}, whose weights you give.",
        higher_is_better=True,
        low=-1.0,
        high=1.0,
        stand_in="enrolment",
        parameters={"shortest_s": SHORTEST_S},
        on_request=True,
        weights=weights,
    )


WAVLM_CARD = _card(
    "wavlm",
    "WavLM",
    "WavLM with its x-vector head",
    MetricWeights(
        ((CONFIG,), MODEL_FILES),
        source="a WavLMForXVector checkpoint, such as microsoft/wavlm-base-plus-sv",
        licence="of the checkpoint",
        optional=(PREPROCESSOR,),
    ),
)
ECAPA_CARD = _card(
    "ecapa",
    "ECAPA",
    "SpeechBrain's ECAPA-TDNN",
    MetricWeights(
        (("embedding_model.ckpt",),), source="of speechbrain/spkrec-ecapa-voxceleb", licence="of the checkpoint"
    ),
)


class GivenModelSimilarity(EmbeddingSimilarity):
    """In [-1, 1], by the encoder of the weights that the user gave."""

    def score(self, sample: Sample) -> Score:
        pair = self.embedded(sample)
        return Score(pair.cosine, detail=GivenModelEvidence(packed_signed(pair.original)).to_json())


def wavlm_similarity(options: MetricOptions) -> GivenModelSimilarity:
    """Raises UsageError as `WavLMEncoder`."""
    assert options.weights is not None
    return GivenModelSimilarity(WavLMEncoder(options.weights))


def ecapa_similarity(options: MetricOptions) -> GivenModelSimilarity:
    """Raises UsageError as `EcapaEncoder`, Unavailable without torch."""
    try:
        from codecbench.metrics.speaker.ecapa import EcapaEncoder
    except ImportError as error:
        raise Unavailable(
            f"speaker_similarity_ecapa needs torch: pip install 'codecbench[speaker]' ({error})"
        ) from error
    assert options.weights is not None
    return GivenModelSimilarity(EcapaEncoder(options.weights))
