"""What a codec costs at a point: this run's measurements, then what its card says, then None and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from codecbench.api import CodecCard, LatencyKind
from codecbench.store.facts import CodecFacts
from codecbench.store.rows import UTTERANCE, CostRow

CARD_FIGURES = CodecCard.MEASURED
RUN_FIGURES = ("rtf_encode", "rtf_decode", "rtf_encode_cpu", "rtf_decode_cpu", "peak_rss_mb")
STAGES = ("rtf_encode", "rtf_decode")
NOT_STATED = "not on the codec's card; --cost full measures it"


@dataclass(frozen=True)
class Spread:
    """The lowest and the highest of the repeats that a figure is the median of."""

    low: float
    high: float


@dataclass(frozen=True)
class Cost:
    """`figures` by name, each a number, the word `utterance` (a latency) or None; `reasons` for each None.

    `latency_kind`: seen in the output, or what frame and look-ahead reach; None where it is not known.
    """

    figures: Mapping[str, float | str | None]
    reasons: Mapping[str, str]
    latency_kind: LatencyKind | None = None
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    """Of those of `STAGES` that were measured in repeats."""

    def number(self, name: str) -> float | None:
        value = self.figures.get(name)
        return value if isinstance(value, (int, float)) else None

    @property
    def macs_per_s(self) -> float | None:
        """Encoder, quantizer and decoder together; None unless encoder and decoder are known."""
        encoder, decoder = self.number("encoder_macs_per_s"), self.number("decoder_macs_per_s")
        if encoder is None or decoder is None:
            return None
        return encoder + decoder + (self.number("quantizer_macs_per_s") or 0.0)

    @property
    def rtf(self) -> float | None:
        """Encoding and decoding together; None unless both are known."""
        encode, decode = self.number("rtf_encode"), self.number("rtf_decode")
        return None if encode is None or decode is None else encode + decode

    @property
    def rtf_spread(self) -> Spread | None:
        """Of encoding and decoding together: as fast as both ever were, and as slow."""
        if any(stage not in self.spreads for stage in STAGES):
            return None
        return Spread(sum(self.spreads[s].low for s in STAGES), sum(self.spreads[s].high for s in STAGES))


def join_cost(card: CodecFacts, point: str, row: CostRow | None, measured_elsewhere: bool) -> Cost:
    """The cost at the operating point labelled `point`; `measured_elsewhere`: the codec was measured at others."""
    figures: dict[str, float | str | None] = {}
    reasons: dict[str, str] = {}
    for name in (*CARD_FIGURES, *RUN_FIGURES):
        value = _of_row(row, name)
        if value is None and name in CARD_FIGURES:
            value = card.figure(name, point)
        if name in ("latency_ms", "buffering_ms") and card.whole_utterance:
            value = UTTERANCE
        figures[name] = value
        if value is None:
            reasons[name] = _reason(row, name, measured_elsewhere)
    spreads = {stage: spread for stage in STAGES if (spread := _spread(row, stage)) is not None}
    return Cost(figures, reasons, _latency_kind(card, point, row), spreads)


def _spread(row: CostRow | None, stage: str) -> Spread | None:
    """None in runs that measured none."""
    low, high = _of_row(row, f"{stage}_low"), _of_row(row, f"{stage}_high")
    return Spread(low, high) if isinstance(low, (int, float)) and isinstance(high, (int, float)) else None


def _latency_kind(card: CodecFacts, point: str, row: CostRow | None) -> LatencyKind | None:
    """Of the latency that is shown: the run's, else the card's."""
    if _of_row(row, "latency_ms") is None:
        return card.latency_kind_at(point)
    return row.latency_kind if row is not None else None


def _of_row(row: CostRow | None, name: str) -> float | str | None:
    """Where the machine was busy the row abstains for its RTFs; what else was measured stands."""
    return None if row is None else _finite(row.figures.get(name))


def _finite(value: Any) -> float | str | None:
    if value == UTTERANCE:
        return UTTERANCE
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if isfinite(value) else None


def _reason(row: CostRow | None, name: str, measured_elsewhere: bool) -> str:
    if name in CARD_FIGURES and (row is None or name not in row.reasons):
        return NOT_STATED
    if row is None:
        if measured_elsewhere:
            return "measured at the lowest and highest point only (all points: --cost full)"
        return "not measured in this run (--cost none)"
    if name in row.reasons:
        return row.reasons[name]
    return "not measured" if row.status == "ok" else f"{row.status}: {row.reason or 'no reason given'}"
