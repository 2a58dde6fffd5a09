"""What every speaker model's similarity does: embeds original and decoded, the original once for all decoded ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, Sample
from codecbench.metrics.pair import Pair, Signal, checked_pair, checked_signal, is_silent, require_seconds

SHORTEST_S = 0.5
"""GE2E was trained on 1.6 s; below a third of that it sees mostly padding. The others were on 2 s and more."""


class SpeakerModel(Protocol):
    def embed(self, signal: Signal) -> NDArray[np.float32]:
        """The embedding of unit length of `signal` [samples] at 16 kHz."""
        ...


@dataclass(frozen=True, eq=False)
class EmbeddedPair:
    """Both signals, and the embedding [size] of each."""

    signals: Pair
    original: NDArray[np.float64]
    decoded: NDArray[np.float64]

    @property
    def cosine(self) -> float:
        """In [-1, 1]: rounding of unit vectors may exceed it in the eighth digit."""
        return float(np.clip(np.dot(self.original, self.decoded), -1.0, 1.0))


class EmbeddingSimilarity:
    """Base of the similarities. A subclass has `score`."""

    def __init__(self, encoder: SpeakerModel) -> None:
        self._encoder = encoder

    def prepare(self, reference: Audio) -> list[float]:
        """The original's embedding [size]."""
        signal = checked_signal(reference, "reference")
        require_seconds(signal, SHORTEST_S)
        if is_silent(signal):
            raise Abstain("the original is silent")
        return [float(value) for value in self._encoder.embed(signal)]

    def embedded(self, sample: Sample) -> EmbeddedPair:
        """Raises Abstain for what is short or silent."""
        pair = checked_pair(sample)
        pair.require_seconds(SHORTEST_S)
        pair.require_sound()
        prepared = self.prepare(sample.reference) if sample.prepared is None else sample.prepared
        decoded = self._encoder.embed(pair.decoded).astype(np.float64)
        return EmbeddedPair(pair, np.asarray(prepared, dtype=np.float64), decoded)
