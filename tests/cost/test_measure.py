from __future__ import annotations

from dataclasses import replace

import pytest
from clockwork import AUDIO, CARD, POINT, Clock, Clockwork

from codecbench.api import OperatingPoint, PointLatency
from codecbench.cost.blocks import StageTime
from codecbench.cost.measure import CostFigures, excerpt_seconds, measure_cost, put_rtf, stated_cost, timed_seconds
from codecbench.cost.rtf import time_points


def rated(codec: Clockwork) -> CostFigures:
    cost = stated_cost(CARD, POINT)
    put_rtf(cost, time_points(codec, [POINT], AUDIO, 3, lambda: 0.01)[POINT.label], AUDIO.seconds)
    return cost


def test_a_run_takes_what_the_card_knows_and_says_what_it_lacks(clock: Clock) -> None:
    cost = rated(Clockwork(clock))
    assert (cost.figures["latency_ms"], cost.latency_kind) == (10.0, "structural")
    assert cost.figures["rtf_encode"] == pytest.approx(0.25)
    assert cost.figures["rtf_decode_low"] == cost.figures["rtf_decode_high"] == pytest.approx(0.05)
    assert (cost.figures["rtf_repeats"], cost.figures["rtf_seconds"]) == (3, AUDIO.seconds)
    assert cost.figures["parameters"] is None
    assert cost.reasons["parameters"] == "not on the codec's card"
    assert set(cost.reasons) == {name for name, value in cost.figures.items() if value is None}


def test_a_busy_machine_costs_only_the_speed(clock: Clock) -> None:
    cost = rated(Clockwork(clock, share=0.5))
    assert cost.figures["rtf_encode"] is None
    assert cost.figures["rtf_encode_low"] is None
    assert "busy" in cost.reasons["rtf_encode"]
    assert (cost.figures["rtf_encode_cpu"], cost.figures["rtf_decode_cpu"]) == pytest.approx((0.125, 0.025))
    assert "rtf_encode_cpu" not in cost.reasons
    assert cost.figures["latency_ms"] == 10.0


def test_a_codec_without_stages_says_so_in_full(clock: Clock) -> None:
    cost = measure_cost(Clockwork(clock), CARD, POINT, lambda seconds: AUDIO)
    assert "stages" in cost.reasons["encoder_macs_per_s"]


class Elsewhere(Clockwork):
    """Its work is done in another process."""

    pid = 1

    def __init__(self, clock: Clock, counted: int | None) -> None:
        super().__init__(clock)
        self.seconds, self.counted = StageTime(0.0, 0.0), counted

    def parameters(self) -> int | None:
        return self.counted


def test_a_codec_in_another_process_counts_its_parameters_and_no_macs(clock: Clock) -> None:
    cost = measure_cost(Elsewhere(clock, 7), CARD, POINT, lambda seconds: AUDIO)
    assert cost.figures["parameters"] == 7
    assert cost.figures["encoder_macs_per_s"] is None
    assert "in an environment of its own, where MACs are not counted" in cost.reasons["encoder_macs_per_s"]
    cost = measure_cost(Elsewhere(clock, None), CARD, POINT, lambda seconds: AUDIO)
    assert (cost.figures["parameters"], cost.reasons["parameters"]) == (None, "the codec's side has no `parameters`")


def test_a_figure_that_is_found_after_all_has_no_reason_left() -> None:
    cost = CostFigures()
    cost.put("latency_ms", None, "not known")
    assert cost.reasons == {"latency_ms": "not known"}
    cost.put("latency_ms", 0.0)
    assert (cost.figures, cost.reasons) == ({"latency_ms": 0.0}, {})


def test_full_measures_on_more_speech() -> None:
    assert excerpt_seconds("full") > excerpt_seconds("quick")
    assert timed_seconds("full") == (10.0, 1.0)


def test_the_latency_of_a_point_is_its_own() -> None:
    low, high = OperatingPoint(1.0), OperatingPoint(2.0)
    card = replace(CARD, points=(low, high), latency_by_point={"1": PointLatency(40.0, 30.0, "measured")})
    cost = stated_cost(card, low)
    assert (cost.figures["latency_ms"], cost.figures["buffering_ms"], cost.latency_kind) == (40.0, 30.0, "measured")
    assert (stated_cost(card, high).figures["latency_ms"], stated_cost(card, high).latency_kind) == (10.0, "structural")
