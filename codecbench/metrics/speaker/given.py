"""Speaker similarity by models that the user gives: cosine of the embeddings of original and decoded.

Each model has a scale of its own: 0.85 of one is another likeness than 0.85 of another. So the original's embedding is
kept with each score, and `codecbench.analysis.speaker_pairs` finds each model's equal-error threshold by them.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, MetricCard, MetricOptions, MetricWeights, Sample, Score, Unavailable
from codecbench.metrics.pair import Signal, checked_pair, checked_signal, is_silent, require_seconds
from codecbench.metrics.speaker.evidence import GivenModelEvidence, packed_signed
from codecbench.metrics.speaker.wavlm import CONFIG, MODEL_FILES, PREPROCESSOR, WavLMEncoder

SHORTEST_S = 0.5
"""As for GE2E. Both were trained on 2 s and more. Our choice."""
PRELOAD = ("torch",)


class SpeakerModel(Protocol):
    def embed(self, signal: Signal) -> NDArray[np.float32]:
        """The embedding of unit length of `signal` [samples] at 16 kHz."""
        ...


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


class GivenModelSimilarity:
    """In [-1, 1]. Base of one for each model: it makes the encoder of the weights that the user gave."""

    def __init__(self, encoder: SpeakerModel) -> None:
        self._encoder = encoder

    def prepare(self, reference: Audio) -> list[float]:
        """The original's embedding."""
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
        original = np.asarray(prepared, dtype=np.float64)
        decoded = self._encoder.embed(pair.decoded).astype(np.float64)
        cosine = float(np.clip(np.dot(original, decoded), -1.0, 1.0))  # rounding may exceed it in the eighth digit
        return Score(cosine, detail=GivenModelEvidence(packed_signed(original)).to_json())


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
