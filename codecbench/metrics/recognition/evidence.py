"""What an error rate rests on: what was heard, the texts that were compared, and the edits on the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from codecbench.metrics.stored import flag, text, whole


@dataclass(frozen=True)
class Texts:
    """Normalized, as they were compared. `original` is what was heard in it, None where there is no recording."""

    transcript: str
    original: str | None
    decoded: str


@dataclass(frozen=True)
class EditEvidence:
    """Of `wer`, `cer` and `dwer`, each as far as the metric has it; None where it has not, or an older one had not.

    `hypothesis` is what was heard in the decoded, `reference_hypothesis` in the original; `floor_edits` are the edits
    on the original. `looped` words of recognizer loops are in the hypothesis and not among the edits. `words` or
    `characters` is the reference's length, in the metric's unit.
    """

    hypothesis: str | None
    reference_hypothesis: str | None
    substitutions: int | None = None
    deletions: int | None = None
    insertions: int | None = None
    hits: int | None = None
    floor_edits: int | None = None
    words: int | None = None
    characters: int | None = None
    looped: int | None = None
    normalized: Texts | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> EditEvidence:
        names = ("substitutions", "deletions", "insertions", "hits", "floor_edits", "words", "characters", "looped")
        texts = detail.get("normalized")
        return cls(
            text(detail.get("hypothesis")),
            text(detail.get("reference_hypothesis")),
            normalized=_texts(texts) if isinstance(texts, Mapping) else None,
            **{name: whole(detail.get(name)) for name in names},
        )  # fmt: skip


def _texts(kept: Mapping[str, Any]) -> Texts:
    original = kept.get("original", "")
    return Texts(str(kept.get("transcript", "")), original and str(original), str(kept.get("decoded", "")))


@dataclass(frozen=True)
class DeltaEvidence:
    """Of `delta_wer`: the edits on the decoded and on the original."""

    edits: int | None
    floor_edits: int | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> DeltaEvidence:
        return cls(whole(detail.get("edits")), whole(detail.get("floor_edits")))


@dataclass(frozen=True)
class LoopEvidence:
    """Of `loop_rate`. `stand_in`: there was no transcript, and the words heard in the original are counted against."""

    stand_in: bool | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> LoopEvidence:
        return cls(flag(detail.get("stand_in")))
