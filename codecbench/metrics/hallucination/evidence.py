"""What the four word metrics rest on: the words that the codec broke (E) or mended (F), and the verdict on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from codecbench.metrics.hallucination.alignment import Operation
from codecbench.metrics.hallucination.comparison import ChangedWord
from codecbench.metrics.hallucination.verdict import Evidence, Verdict
from codecbench.metrics.stored import counts, entries, flag, whole, words

__all__ = ["Evidence", "FixedEvidence", "InducedEvidence", "JudgedEvidence", "Verdict", "WordError"]


@dataclass(frozen=True)
class WordError:
    """A word of E or F. `reference` is None for an insertion, `heard` for a deletion; `position` as in `ChangedWord`.

    `begins` and `ends`: the heard word's place in the audio, in seconds.
    """

    operation: Operation
    position: int
    reference: str | None
    heard: str | None
    begins: float | None
    ends: float | None
    looped: bool | None

    @classmethod
    def of(cls, change: ChangedWord) -> WordError:
        heard = change.heard
        return cls(
            change.operation, change.position, change.reference, heard.text if heard else None,
            heard.begins if heard else None, heard.ends if heard else None, change.looped,
        )  # fmt: skip

    @classmethod
    def from_json(cls, error: Mapping[str, Any]) -> WordError:
        return cls(
            error["operation"], int(error["position"]), error["reference"], error["heard"], error.get("begins"),
            error.get("ends"), flag(error.get("looped")),
        )  # fmt: skip


@dataclass(frozen=True)
class InducedEvidence:
    """Of `ci_wer`: the reference's words, E, and |E| of the same original under each inaudible change (`null`).

    `stand_in`: there was no transcript, and what was heard in the original stands in for it. Each is None where a
    stored score does not have it.
    """

    stand_in: bool | None
    reference: tuple[str, ...] | None
    errors: tuple[WordError, ...] | None
    null: Mapping[str, int] | None

    def to_json(self) -> dict[str, Any]:
        return {
            "stand_in": self.stand_in,
            "reference": list(self.reference or ()),
            "errors": [asdict(error) for error in self.errors or ()],
            "null": dict(self.null or {}),
        }

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> InducedEvidence:
        errors = entries(detail.get("errors"), WordError.from_json)
        null = counts(detail.get("null"))
        return cls(flag(detail.get("stand_in")), words(detail.get("reference")), errors, null)


@dataclass(frozen=True)
class FixedEvidence:
    """Of `cf_wer`: F."""

    stand_in: bool | None
    fixes: tuple[WordError, ...] | None

    def to_json(self) -> dict[str, Any]:
        return {"stand_in": self.stand_in, "fixes": [asdict(fix) for fix in self.fixes or ()]}

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> FixedEvidence:
        return cls(flag(detail.get("stand_in")), entries(detail.get("fixes"), WordError.from_json))


@dataclass(frozen=True)
class JudgedEvidence:
    """Of `hallucinated_wer` and `degraded_wer`: the verdicts of its kind; how many are the recognizer's own loops.

    `reasons` counts why words are degraded, and is None of hallucinated ones.
    """

    stand_in: bool | None
    words: tuple[Verdict, ...] | None
    looped: int | None
    reasons: Mapping[str, int] | None = None

    def to_json(self) -> dict[str, Any]:
        verdicts = [_verdict_json(verdict) for verdict in self.words or ()]
        detail: dict[str, Any] = {"stand_in": self.stand_in, "words": verdicts, "looped": self.looped}
        return detail if self.reasons is None else detail | {"reasons": dict(self.reasons)}

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> JudgedEvidence:
        return cls(
            flag(detail.get("stand_in")),
            entries(detail.get("words"), _verdict),
            whole(detail.get("looped")),
            counts(detail.get("reasons")),
        )


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Flat; figures rounded to what a reader can use."""
    values = {"kind": verdict.kind, "reason": verdict.reason} | asdict(verdict.evidence)
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}


def _verdict(word: Mapping[str, Any]) -> Verdict:
    evidence = Evidence(
        word["operation"], int(word["position"]), word["reference"], word["heard"], word.get("probability"),
        word.get("original_probability"), word.get("margin"), word.get("real_word"), bool(word["looped"]),
        word.get("begins"), word.get("ends"),
    )  # fmt: skip
    return Verdict(word["kind"], word["reason"], evidence)
