from __future__ import annotations

import pytest
from clockwork import AUDIO, CARD, POINT, Clock, Clockwork

from codecbench.cost.measure import CostFigures, excerpt_seconds, measure_cost


def test_a_run_takes_what_the_card_knows_and_says_what_it_lacks(clock: Clock) -> None:
    cost = measure_cost(Clockwork(clock), CARD, POINT, lambda seconds: AUDIO)
    assert cost.figures["latency_ms"] == 10.0
    assert cost.figures["rtf_encode"] == pytest.approx(0.25)
    assert cost.figures["parameters"] is None
    assert "--cost full" in cost.reasons["parameters"]
    assert set(cost.reasons) == {name for name, value in cost.figures.items() if value is None}


def test_a_busy_machine_costs_only_the_speed(clock: Clock) -> None:
    cost = measure_cost(Clockwork(clock, share=0.5), CARD, POINT, lambda seconds: AUDIO)
    assert cost.figures["rtf_encode"] is None
    assert "busy" in cost.reasons["rtf_encode"]
    assert cost.figures["latency_ms"] == 10.0


def test_a_codec_without_stages_says_so_in_full(clock: Clock) -> None:
    cost = measure_cost(Clockwork(clock), CARD, POINT, lambda seconds: AUDIO, mode="full")
    assert "stages" in cost.reasons["encoder_macs_per_s"]
    assert cost.figures["rtf_encode_1s"] == pytest.approx(0.25)


def test_a_figure_that_is_found_after_all_has_no_reason_left() -> None:
    cost = CostFigures()
    cost.put("latency_ms", None, "not known")
    assert cost.reasons == {"latency_ms": "not known"}
    cost.put("latency_ms", 0.0)
    assert (cost.figures, cost.reasons) == ({"latency_ms": 0.0}, {})


def test_full_measures_on_more_speech() -> None:
    assert excerpt_seconds("full") > excerpt_seconds("quick")
