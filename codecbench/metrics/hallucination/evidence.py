"""What the four word metrics rest on: the words that the codec broke (E) or mended (F), and the verdict on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from codecbench.metrics.hallucination.alignment import Operation
from codecbench.metrics.hallucination.comparison import ChangedWord
from codecbench.metrics.hallucination.verdict import Evidence, Verdict
from codecbench.metrics.stored import counts, entries, flag, whole, words

__all__ = ["BlurCount", "Evidence", "FixedEvidence", "InducedEvidence", "JudgedEvidence", "Verdict", "WordError"]


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

    @classmethod
    def of(cls, change: ChangedWord) -> WordError:
        heard = change.heard
        return cls(
            change.operation, change.position, change.reference, heard.text if heard else None,
            heard.begins if heard else None, heard.ends if heard else None,
        )  # fmt: skip

    @classmethod
    def from_json(cls, error: Mapping[str, Any]) -> WordError:
        return cls(
            error["operation"], int(error["position"]), error["reference"], error["heard"], error.get("begins"),
            error.get("ends"),
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
class BlurCount:
    """What the calibration of the verdict found in one blur: of `words`, `errors` changed, `hallucinated` of them."""

    words: int
    errors: int
    hallucinated: int

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> BlurCount:
        return cls(int(value["words"]), int(value["errors"]), int(value["hallucinated"]))


@dataclass(frozen=True)
class JudgedEvidence:
    """Of `hallucinated_wer` and `degraded_wer`: the verdicts of its kind.

    `looped` counts the words of recognizer loops: they were cut and are not among the verdicts (in scores of version 1
    they are, degraded). `reasons` counts why words are degraded, and is None of hallucinated ones. `blurs`, by
    condition, are what hallucinated words are held against, and are None of degraded ones.
    """

    stand_in: bool | None
    words: tuple[Verdict, ...] | None
    looped: int | None
    reasons: Mapping[str, int] | None = None
    blurs: Mapping[str, BlurCount] | None = None

    def to_json(self) -> dict[str, Any]:
        verdicts = [_verdict_json(verdict) for verdict in self.words or ()]
        detail: dict[str, Any] = {"stand_in": self.stand_in, "words": verdicts, "looped": self.looped}
        if self.reasons is not None:
            detail["reasons"] = dict(self.reasons)
        if self.blurs is not None:
            detail["blurs"] = {name: asdict(count) for name, count in self.blurs.items()}
        return detail

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> JudgedEvidence:
        return cls(
            flag(detail.get("stand_in")),
            entries(detail.get("words"), _verdict),
            whole(detail.get("looped")),
            counts(detail.get("reasons")),
            _blurs(detail.get("blurs")),
        )


def _blurs(value: Any) -> Mapping[str, BlurCount] | None:
    return {name: BlurCount.from_json(count) for name, count in value.items()} if isinstance(value, Mapping) else None


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Flat; figures rounded to what a reader can use."""
    values = {"kind": verdict.kind, "reason": verdict.reason} | asdict(verdict.evidence)
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}


def _verdict(word: Mapping[str, Any]) -> Verdict:
    evidence = Evidence(
        word["operation"], int(word["position"]), word["reference"], word["heard"], word.get("probability"),
        word.get("original_probability"), word.get("margin"), word.get("real_word"), word.get("begins"),
        word.get("ends"),
    )  # fmt: skip
    return Verdict(word["kind"], word["reason"], evidence)
