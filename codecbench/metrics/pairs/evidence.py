"""What a score of `flip_rate` rests on: the two words, and how much likelier the said one is before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Abstention = Literal["screened out", ""]
"""Why there is no score: `screened out` where the recognizer prefers the rival on the original already; else empty."""
SCREENED_OUT: Abstention = "screened out"


@dataclass(frozen=True)
class FlipEvidence:
    """Margins in nats, positive where the said word is the likelier one. `shift` is decoded minus original."""

    pair: str
    feature: str
    reading: str
    word: str
    rival: str
    margin_original: float
    margin_decoded: float
    shift: float
    flipped: bool
    heard_right: bool
    threshold_nats: float | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, detail: Mapping[str, Any]) -> FlipEvidence | None:
        """None where a stored score lacks any of it but the threshold: an older layout is not known."""
        try:
            return cls(
                pair=str(detail["pair"]),
                feature=str(detail["feature"]),
                reading=str(detail["reading"]),
                word=str(detail["word"]),
                rival=str(detail["rival"]),
                margin_original=float(detail["margin_original"]),
                margin_decoded=float(detail["margin_decoded"]),
                shift=float(detail["shift"]),
                flipped=bool(detail["flipped"]),
                heard_right=bool(detail["heard_right"]),
                threshold_nats=detail.get("threshold_nats"),
            )
        except KeyError:
            return None


@dataclass(frozen=True)
class AbstentionEvidence:
    """Of a reading without a score: which kind of abstention it is."""

    kind: Abstention

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind}

    @classmethod
    def from_json(cls, detail: Mapping[str, Any], reason: str | None) -> AbstentionEvidence:
        """Runs of before there was a kind had the reason alone, which begins with it: told apart here and only here."""
        told = detail.get("kind", SCREENED_OUT if (reason or "").startswith(SCREENED_OUT) else "")
        return cls(SCREENED_OUT if told == SCREENED_OUT else "")
