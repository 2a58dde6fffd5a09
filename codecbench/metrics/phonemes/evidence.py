"""What a score of `dper` rests on: the aligned phones, and those that became a near neighbour of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from codecbench.metrics.phonemes.alignment import GAP
from codecbench.metrics.phonemes.features import CONSONANTS, articulatory_distance
from codecbench.metrics.stored import entries, text, whole, words

__all__ = ["CONSONANTS", "GAP", "PhoneEvidence", "PhoneFlip", "articulatory_distance"]


@dataclass(frozen=True)
class PhoneFlip:
    """A phone that became a near neighbour of itself (one feature of three differs), with the words around it."""

    original: str
    decoded: str
    original_word: str
    decoded_word: str

    @classmethod
    def from_json(cls, flip: Mapping[str, Any]) -> PhoneFlip:
        return cls(flip["original"], flip["decoded"], flip["original_word"], flip["decoded_word"])


@dataclass(frozen=True)
class PhoneEvidence:
    """`original` and `decoded` are equally long, one character a phone, `GAP` where the other side has one more.

    `distance` sums the articulatory distances of the substitutions; `unspoken` are words without phones. Each is None
    where a stored score does not have it.
    """

    substitutions: int | None
    deletions: int | None
    insertions: int | None
    distance: float | None
    original: str | None
    decoded: str | None
    flips: tuple[PhoneFlip, ...] | None
    unspoken: tuple[str, ...] | None

    def to_json(self) -> dict[str, Any]:
        flips = [asdict(flip) for flip in self.flips or ()]
        return dict(vars(self)) | {"flips": flips, "unspoken": list(self.unspoken or ())}

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> PhoneEvidence:
        return cls(
            whole(detail.get("substitutions")),
            whole(detail.get("deletions")),
            whole(detail.get("insertions")),
            detail.get("distance"),
            text(detail.get("original")),
            text(detail.get("decoded")),
            entries(detail.get("flips"), PhoneFlip.from_json),
            words(detail.get("unspoken")),
        )

    def aligned(self) -> Iterator[tuple[str, str]] | None:
        """Pairs of phones, original and decoded."""
        if self.original is None or self.decoded is None:
            return None
        return zip(self.original, self.decoded, strict=True)
