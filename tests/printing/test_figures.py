from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from codecbench.analysis.costs import Cost, Spread
from codecbench.analysis.scores import MetricSummary
from codecbench.printing.figures import Style, cost_figure, duration, kbps, latency_note, repeats_text
from codecbench.store.facts import MetricFacts


def score(mean: float | None, low: float | None = None, high: float | None = None) -> MetricSummary:
    return MetricSummary(mean, low, high, 4, 0, 0, 0, 4, 4)


@pytest.mark.parametrize(
    ("card", "text"),
    [
        ({"pooling": "ratio"}, "6.5 ±1.0"),
        ({"low": -1.0, "high": 1.0}, "0.065 ±0.010"),
        ({"low": 1.0, "high": 4.64}, "0.07 ±0.01"),
        ({"unit": "dB"}, "0.07 ±0.01"),
        ({"unit": "dB", "digits": 3}, "0.065 ±0.010"),
        ({"pooling": "ratio", "digits": 0}, "6 ±1"),
        ({"low": -1.0, "high": 1.0, "digits": "many"}, "0.065 ±0.010"),
    ],
)
def test_scale_decides_the_decimals(card: dict[str, Any], text: str) -> None:
    assert Style.of(MetricFacts.from_json("m", card)).compact(score(0.065, 0.055, 0.075)) == text


def test_no_interval_no_sign() -> None:
    style = Style.of(MetricFacts.from_json("m", {}))
    assert style.compact(score(2.0)) == "2.00"
    assert style.compact(score(None)) == "–"
    assert style.interval(score(2.0, 1.5, 2.25)) == "1.50 to 2.25"
    assert style.number(-0.001) == "0.00"


def test_utterances_that_are_all_alike_have_no_interval() -> None:
    alike = MetricSummary(0.0, 0.0, 0.0, 4, 0, 0, 0, 4, 4, method="constant")
    assert Style.of(MetricFacts.from_json("m", {"pooling": "ratio"})).interval(alike) == ""
    assert (
        Style.of(MetricFacts.from_json("m", {"pooling": "ratio"})).interval(replace(alike, method="bootstrap-t"))
        == "0.0 to 0.0"
    )


def test_costs_as_text() -> None:
    figures = {"rtf_encode": 0.01234, "rtf_decode": 12.0, "latency_ms": 13.333, "parameters": 14_851_810}
    cost = Cost(figures, {})
    assert [cost_figure(cost, name) for name in figures] == ["0.012", "12.0", "13.3", "14.9 M"]
    assert cost_figure(Cost({"latency_ms": "utterance"}, {}), "latency_ms") == "utterance"
    assert cost_figure(Cost({}, {}), "latency_ms") == "–"


def test_sizes() -> None:
    assert [kbps(value) for value in (0.7, 6.0, 256.0, None)] == ["0.700", "6.00", "256.0", "–"]
    assert [duration(value) for value in (75.2, 365.0)] == ["75 s", "6 min 05 s"]


def test_a_latency_and_a_speed_say_what_they_are() -> None:
    assert latency_note("measured") == "measured: seen in the output, a lower bound"
    assert latency_note(None) == ""
    assert repeats_text(Spread(0.0312, 1.234)) == "0.031 to 1.23"
    assert repeats_text(None) == ""
