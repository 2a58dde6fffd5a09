from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from codecbench.analysis.costs import Cost, Spread, join_cost
from codecbench.store.facts import CodecFacts
from codecbench.store.rows import CostRow


def joined(card: Mapping[str, Any], point: str, row: CostRow | None, elsewhere: bool) -> Cost:
    return join_cost(CodecFacts.from_json(card), point, row, elsewhere)


def row(**figures: float | None) -> CostRow:
    return CostRow("c", "d", "6", "quick", "ok", None, figures, {"rtf_decode": "the machine is busy"})


def test_measured_before_card_before_reason() -> None:
    cost = joined(
        {"parameters": 10, "latency_ms": 20.0}, "6", row(latency_ms=21.0, rtf_encode=0.1, rtf_decode=None), False
    )
    assert cost.figures["parameters"] == 10
    assert cost.figures["latency_ms"] == 21.0
    assert cost.figures["rtf_encode"] == 0.1
    assert cost.figures["rtf_decode"] is None
    assert cost.reasons["rtf_decode"] == "the machine is busy"
    assert cost.reasons["encoder_macs_per_s"] == "not on the codec's card; --cost full measures it"
    assert all(cost.reasons[name] for name, value in cost.figures.items() if value is None)


def test_whole_utterance_has_a_word_for_latency() -> None:
    assert joined({"whole_utterance": True}, "6", None, False).figures["latency_ms"] == "utterance"
    measured = CostRow("c", "d", "6", "full", "ok", None, {"latency_ms": "utterance"}, {})
    assert joined({}, "6", measured, False).figures["latency_ms"] == "utterance"


def test_reasons_tell_what_was_not_measured() -> None:
    assert "--cost none" in joined({}, "6", None, False).reasons["rtf_encode"]
    assert "--cost full" in joined({}, "6", None, True).reasons["rtf_encode"]
    failed = CostRow("c", "d", "6", "quick", "failed", "it raised")
    assert joined({}, "6", failed, True).reasons["rtf_encode"] == "failed: it raised"


def test_a_busy_machine_hides_no_more_than_the_speed() -> None:
    busy = {"rtf_encode": "the machine is busy"}
    abstained = CostRow("c", "d", "6", "quick", "abstained", "busy", {"rtf_encode": None, "peak_rss_mb": 75.0}, busy)
    cost = joined({}, "6", abstained, False)
    assert (cost.figures["rtf_encode"], cost.reasons["rtf_encode"]) == (None, "the machine is busy")
    assert cost.figures["peak_rss_mb"] == 75.0
    assert cost.reasons["rtf_decode"] == "abstained: busy"


def test_total_macs_need_encoder_and_decoder() -> None:
    card = {"encoder_macs_per_s": 1.0, "quantizer_macs_per_s": 2.0, "decoder_macs_per_s": 4.0}
    assert joined(card, "6", None, False).macs_per_s == 7.0
    assert joined({"encoder_macs_per_s": 1.0}, "6", None, False).macs_per_s is None


def test_infinities_are_not_figures() -> None:
    cost = joined({"parameters": float("nan")}, "6", row(rtf_encode=float("inf")), False)
    assert cost.figures["parameters"] is None
    assert cost.figures["rtf_encode"] is None


def test_macs_are_those_of_the_rows_operating_point() -> None:
    card = {
        "encoder_macs_per_s": 1.0, "quantizer_macs_per_s": 12.0, "decoder_macs_per_s": 4.0,
        "macs_by_point": {"1": {"encoder": 1.0, "quantizer": 2.0, "decoder": 4.0}, "3": {"quantizer": 6.0}},
    }  # fmt: skip
    totals = {point: joined(card, point, None, False).macs_per_s for point in ("1", "3", "6")}
    assert totals == {"1": 7.0, "3": 11.0, "6": 17.0}
    measured = row(quantizer_macs_per_s=3.0)
    assert joined(card, "1", measured, False).macs_per_s == 8.0


def test_a_latency_says_where_it_comes_from() -> None:
    six = {"latency_ms": 40.0, "buffering_ms": 20.0, "latency_kind": "measured"}
    card = {"latency_ms": 70.0, "latency_kind": "structural", "latency_by_point": {"6": six}}
    own, other = joined(card, "6", None, False), joined(card, "12", None, False)
    assert (own.figures["latency_ms"], own.figures["buffering_ms"], own.latency_kind) == (40.0, 20.0, "measured")
    assert (other.figures["latency_ms"], other.latency_kind) == (70.0, "structural")
    measured = CostRow("c", "d", "6", "full", "ok", None, {"latency_ms": 55.0}, {}, "structural")
    assert joined(card, "6", measured, False).latency_kind == "structural"
    whole = {"whole_utterance": True}
    assert joined(whole | {"latency_kind": None}, "6", None, False).latency_kind == "structural"
    assert joined(whole, "6", None, False).latency_kind is None  # a card of before that was said
    assert joined({"latency_ms": 70.0}, "6", None, False).latency_kind is None


def test_the_spread_of_both_stages() -> None:
    ends = {"rtf_encode_low": 0.1, "rtf_encode_high": 0.2, "rtf_decode_low": 0.01, "rtf_decode_high": 0.03}
    cost = joined({}, "6", row(rtf_encode=0.15, rtf_decode=0.02, **ends), False)
    assert cost.spreads == {"rtf_encode": Spread(0.1, 0.2), "rtf_decode": Spread(0.01, 0.03)}
    assert cost.rtf_spread == Spread(pytest.approx(0.11), pytest.approx(0.23))
    assert joined({}, "6", row(rtf_encode=0.15, rtf_decode=0.02), False).rtf_spread is None
