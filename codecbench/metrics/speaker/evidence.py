"""What a score of speaker similarity rests on: the original's voice, and by GE2E how clear the decoded is beside it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.metrics.clarity import Clarity

__all__ = [
    "Clarity",
    "GivenModelEvidence",
    "SpeakerEvidence",
    "packed_embedding",
    "packed_signed",
    "unpacked_embedding",
    "unpacked_signed",
]


@dataclass(frozen=True)
class SpeakerEvidence:
    """`original` is the original's embedding, packed; None, as `clarity`, in scores of before version 2."""

    original: str | None
    clarity: Clarity | None

    def to_json(self) -> dict[str, Any]:
        return {"original": self.original, **(asdict(self.clarity) if self.clarity else {})}

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> SpeakerEvidence:
        noise, loss = detail.get("noise_rise_db"), detail.get("band_loss_db")
        clarity = None if noise is None or loss is None else Clarity(float(noise), float(loss))
        original = detail.get("original")
        return cls(None if original is None else str(original), clarity)

    @property
    def embedding(self) -> NDArray[np.float64] | None:
        """The original's, a unit vector [256]."""
        return None if self.original is None else unpacked_embedding(self.original)


@dataclass(frozen=True)
class GivenModelEvidence:
    """Of a model that the user gave: `original` is the original's embedding, packed."""

    original: str | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> GivenModelEvidence:
        original = detail.get("original")
        return cls(None if original is None else str(original))

    @property
    def embedding(self) -> NDArray[np.float64] | None:
        """The original's, a unit vector [size]."""
        return None if self.original is None else unpacked_signed(self.original)


def packed_embedding(embedding: NDArray[np.float64]) -> str:
    """`embedding` [256] in 8 bits a component, as text: cosines between unpacked ones are right to three digits."""
    return _packed(255 * embedding / embedding.max(), np.uint8)


def unpacked_embedding(text: str) -> NDArray[np.float64]:
    """The unit vector [256] that was packed."""
    return _unpacked(text, np.uint8)


def packed_signed(embedding: NDArray[np.float64]) -> str:
    """As `packed_embedding`, of components of either sign."""
    return _packed(127 * embedding / np.abs(embedding).max(), np.int8)


def unpacked_signed(text: str) -> NDArray[np.float64]:
    """The unit vector [size] that was packed."""
    return _unpacked(text, np.int8)


def _packed(levels: NDArray[np.float64], kind: type[np.integer[Any]]) -> str:
    return base64.b64encode(np.round(levels).astype(kind).tobytes()).decode("ascii")


def _unpacked(text: str, kind: type[np.integer[Any]]) -> NDArray[np.float64]:
    levels = np.frombuffer(base64.b64decode(text), dtype=kind).astype(np.float64)
    unit: NDArray[np.float64] = levels / np.linalg.norm(levels)
    return unit
