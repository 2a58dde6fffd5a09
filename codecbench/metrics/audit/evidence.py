"""What a score of `word_audit` rests on: each word that was heard for another, and what PocketSphinx says to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from codecbench.metrics.hallucination.verdict import Kind
from codecbench.metrics.stored import entries, flag

State = Literal["supports", "contradicts", "failed"]


@dataclass(frozen=True)
class AuditedWord:
    """One substitution. `nats` is by how much the heard word fits better than the said one, None where it `failed`.

    `said_nats` and `heard_nats` are the words' own segments, relative to the best that any sound would have reached
    there; `begins` and `ends`, in seconds, that of the heard word. `reason` says why it failed.
    """

    position: int
    reference: str
    heard: str
    kind: Kind
    state: State
    nats: float | None = None
    said_nats: float | None = None
    heard_nats: float | None = None
    begins: float | None = None
    ends: float | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, word: Mapping[str, Any]) -> AuditedWord:
        return cls(
            int(word["position"]), word["reference"], word["heard"], word["kind"], word["state"], word.get("nats"),
            word.get("said_nats"), word.get("heard_nats"), word.get("begins"), word.get("ends"),
            str(word.get("reason") or ""),
        )  # fmt: skip


@dataclass(frozen=True)
class AuditEvidence:
    """`words` are all substitutions, degraded ones too; None where a stored score does not have them."""

    stand_in: bool | None
    words: tuple[AuditedWord, ...] | None

    def to_json(self) -> dict[str, Any]:
        return {"stand_in": self.stand_in, "words": [word.to_json() for word in self.words or ()]}

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> AuditEvidence:
        return cls(flag(detail.get("stand_in")), entries(detail.get("words"), AuditedWord.from_json))
