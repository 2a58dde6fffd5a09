from __future__ import annotations

from codecbench.analysis.costs import join_cost
from codecbench.results import CostRow


def row(**figures: float | None) -> CostRow:
    return CostRow("c", "d", "6", "quick", "ok", None, figures, {"rtf_decode": "the machine is busy"})


def test_measured_before_card_before_reason() -> None:
    cost = join_cost(
        {"parameters": 10, "latency_ms": 20.0}, row(latency_ms=21.0, rtf_encode=0.1, rtf_decode=None), False
    )
    assert cost.figures["parameters"] == 10
    assert cost.figures["latency_ms"] == 21.0
    assert cost.figures["rtf_encode"] == 0.1
    assert cost.figures["rtf_decode"] is None
    assert cost.reasons["rtf_decode"] == "the machine is busy"
    assert cost.reasons["encoder_macs_per_s"] == "not on the codec's card"
    assert all(cost.reasons[name] for name, value in cost.figures.items() if value is None)


def test_whole_utterance_has_a_word_for_latency() -> None:
    assert join_cost({"whole_utterance": True}, None, False).figures["latency_ms"] == "utterance"
    measured = CostRow("c", "d", "6", "full", "ok", None, {"latency_ms": None}, {"latency_ms": "utterance"})
    assert join_cost({}, measured, False).figures["latency_ms"] == "utterance"


def test_reasons_tell_what_was_not_measured() -> None:
    assert "--cost none" in join_cost({}, None, False).reasons["rtf_encode"]
    assert "--cost full" in join_cost({}, None, True).reasons["rtf_encode"]
    failed = CostRow("c", "d", "6", "quick", "failed", "it raised")
    assert join_cost({}, failed, True).reasons["rtf_encode"] == "failed: it raised"


def test_total_macs_need_encoder_and_decoder() -> None:
    card = {"encoder_macs_per_s": 1.0, "quantizer_macs_per_s": 2.0, "decoder_macs_per_s": 4.0}
    assert join_cost(card, None, False).macs_per_s == 7.0
    assert join_cost({"encoder_macs_per_s": 1.0}, None, False).macs_per_s is None


def test_infinities_are_not_figures() -> None:
    cost = join_cost({"parameters": float("nan")}, row(rtf_encode=float("inf")), False)
    assert cost.figures["parameters"] is None
    assert cost.figures["rtf_encode"] is None
