"""What a score of `confirmed_wer` rests on: each changed word, and whether a second recognizer hears it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from codecbench.metrics.hallucination.alignment import Operation
from codecbench.metrics.stored import entries, flag, text


@dataclass(frozen=True)
class SecondOpinion:
    """A word of E, as the run's recognizer hears it; `position` as in `ChangedWord`.

    `reference` is None for an insertion, `heard` for a deletion, which nobody can confirm: there is no word.
    """

    operation: Operation
    position: int
    reference: str | None
    heard: str | None
    confirmed: bool

    @classmethod
    def from_json(cls, word: Mapping[str, Any]) -> SecondOpinion:
        return cls(
            word["operation"], int(word["position"]), word["reference"], word["heard"], bool(word["confirmed"])
        )  # fmt: skip


@dataclass(frozen=True)
class ConfirmedEvidence:
    """All words of E, so that confirmed / changed can be summed; None where a stored score does not have them.

    `original` and `decoded` are what the second recognizer heard, None where it was not asked.
    """

    stand_in: bool | None
    words: tuple[SecondOpinion, ...] | None
    original: str | None = None
    decoded: str | None = None

    @property
    def confirmed(self) -> int:
        return sum(word.confirmed for word in self.words or ())

    def to_json(self) -> dict[str, Any]:
        words = [asdict(word) for word in self.words or ()]
        return {"stand_in": self.stand_in, "words": words, "original": self.original, "decoded": self.decoded}

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> ConfirmedEvidence:
        words = entries(detail.get("words"), SecondOpinion.from_json)
        return cls(flag(detail.get("stand_in")), words, text(detail.get("original")), text(detail.get("decoded")))
