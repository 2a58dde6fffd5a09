from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import Findings, summarize
from codecbench.analysis.costs import Cost
from codecbench.analysis.pareto import cost_value, pareto
from codecbench.store.rows import StoredResults


def codec(name: str, quality: float, parameters: int | None, point: float = 6, **card: object) -> MadeCodec:
    return MadeCodec(name, (point,), quality, card={"parameters": parameters, **card})


def statuses(results: StoredResults, cost: str = "parameters") -> dict[str, tuple[str, str | None]]:
    summary = summarize(results)
    points = pareto(summary, Findings(results).rivals, "pesq_wb", cost)
    return {f"{one.row.codec} {one.row.point}": (one.status, one.by.codec if one.by else None) for one in points}


def made(*codecs: MadeCodec) -> StoredResults:
    return made_results(codecs, utterances=40, speakers=20)


def test_better_and_no_dearer_dominates() -> None:
    found = statuses(made(codec("good", 0.7, 100), codec("poor", 0.3, 100), codec("small", 0.3, 10)))
    assert found == {"good 6": ("front", None), "poor 6": ("dominated", "good"), "small 6": ("front", None)}


def test_a_better_mean_alone_dominates_nobody() -> None:
    results = made_results([codec("a", 0.502, 10), codec("b", 0.5, 1000)], utterances=8, speakers=8)
    assert set(statuses(results).values()) == {("front", None)}


def test_only_like_bitrates_compete() -> None:
    found = statuses(made(codec("good", 0.7, 100, 6), codec("poor", 0.3, 100, 9)))
    assert {status for status, _ in found.values()} == {"alone"}


def test_what_is_not_known_is_not_judged() -> None:
    found = statuses(made(codec("good", 0.7, None), codec("poor", 0.3, 100), codec("third", 0.3, 90)))
    assert found["good 6"] == ("unknown", None)
    assert found["third 6"] == ("front", None)


def test_the_whole_utterance_is_the_longest_latency() -> None:
    results = made(codec("all", 0.3, 1, whole_utterance=True), codec("some", 0.7, 1, latency_ms=40.0))
    found = statuses(results, "latency_ms")
    assert found == {"all 6": ("dominated", "some"), "some 6": ("front", None)}


def test_nearly_the_same_speed_is_the_same_speed() -> None:
    """Better, and faster by the median: that dominates where no repeat of the other was as fast."""
    for low, high, expected in ((0.010, 0.014, "dominated"), (0.010, 0.016, "front")):
        results = made(codec("good", 0.7, 1), codec("poor", 0.3, 1))
        good = {"rtf_encode": 0.012, "rtf_encode_low": low, "rtf_encode_high": high}
        poor = {"rtf_encode": 0.020, "rtf_encode_low": 0.015, "rtf_encode_high": 0.022}
        decode = {"rtf_decode": 0.01, "rtf_decode_low": 0.01, "rtf_decode_high": 0.01}
        costs = tuple(replace(row, figures=decode | (good if row.codec == "good" else poor)) for row in results.costs)
        assert statuses(replace(results, costs=costs), "rtf")["poor 6"][0] == expected
        unknown = tuple(replace(row, figures={"rtf_encode": 0.1, "rtf_decode": 0.1}) for row in costs[:1])
        assert statuses(replace(results, costs=(*unknown, *costs[1:])), "rtf")["poor 6"][0] == "front"


def test_costs() -> None:
    cost = Cost({"rtf_encode": 0.1, "rtf_decode": 0.2, "latency_ms": "utterance"}, {})
    assert cost_value(cost, "rtf") == pytest.approx(0.3)
    assert cost_value(cost, "latency_ms") == inf
    assert cost_value(cost, "macs_per_s") is None
    assert Cost({"rtf_encode": 0.1}, {}).rtf is None
