from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.costs import Cost
from codecbench.analysis.rates import Rate
from codecbench.analysis.summary import Row
from codecbench.plots.axes import BITRATE, COSTS, CostAxis, cost_axis


def row(figures: dict[str, float | str | None], reasons: dict[str, str]) -> Row:
    (found,) = summarize(made_results([MadeCodec("opus", (6,))], utterances=2, metrics=["stoi"])).rows
    return replace(found, cost=Cost(figures, reasons))


@pytest.mark.parametrize("cost", COSTS)
def test_what_is_not_known_has_no_place_but_the_reason(cost: CostAxis) -> None:
    name = {"macs": "encoder_macs_per_s", "rtf": "rtf_encode"}.get(cost, COSTS[cost][0])
    axis = cost_axis(cost)
    unknown = row({}, {name: "nobody measured it"})
    assert not axis.place(unknown)
    assert axis.why(unknown) == "nobody measured it"


def test_the_whole_utterance_and_zero_have_no_place() -> None:
    axis = cost_axis("latency")
    utterance = row({"latency_ms": "utterance"}, {})
    assert axis.place(utterance) is None
    assert axis.why(utterance) == "needs the whole utterance"
    assert axis.why(row({"latency_ms": 0.0}, {})) == "0 has no place on a log axis"


def test_speed_is_of_both_directions_and_macs_of_all_stages() -> None:
    known = row({"rtf_encode": 0.1, "rtf_decode": 0.2, "encoder_macs_per_s": 1.0, "decoder_macs_per_s": 2.0}, {})
    assert cost_axis("rtf").place(known) == pytest.approx(0.3)
    assert cost_axis("macs").place(known) == 3.0
    assert cost_axis("rtf").place(row({"rtf_encode": 0.1}, {"rtf_decode": "busy"})) is None


def test_a_point_without_a_measured_bitrate() -> None:
    found = replace(row({}, {}), rate=Rate(None, None, "no coding is ok"))
    assert (BITRATE.place(found), BITRATE.why(found)) == (None, "no coding is ok")
