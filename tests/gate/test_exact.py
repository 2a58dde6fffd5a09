from __future__ import annotations

from dataclasses import replace

import pytest

from codecbench.gate.baseline import Baseline, BaselineRow, Payloads, Speaker
from codecbench.gate.exact import Exact, compare_figures, measured_kbps, shown
from codecbench.store.ids import Place

OPUS = Place("opus", "default", "6")
ROW = BaselineRow(OPUS, {}, {"parameters": 1000, "latency_ms": 26.5, "nominal_kbps": 6.0, "delay_ms": 6.5},
                  Payloads({"a": 750, "b": 1500}, "aa" * 32))  # fmt: skip
SIDE = Baseline("s", "d", "r", "wb", {"a": Speaker("x", 1.0), "b": Speaker("y", 2.0)}, {}, (ROW,))


def found(after: BaselineRow, promised: tuple[str, ...] = ()) -> dict[str, Exact]:
    return {exact.figure: exact for exact in compare_figures(ROW, after, (SIDE, SIDE), promised)}


def test_the_same_row_is_the_same_in_everything() -> None:
    verdicts = {name: exact.verdict for name, exact in found(ROW).items()}
    assert set(verdicts) == {*ROW.figures, "measured_kbps", "payload_sha256"}
    assert set(verdicts.values()) == {"same"}


@pytest.mark.parametrize(("figure", "after", "verdict"), [
    ("parameters", 999, "better"), ("parameters", 1001, "worse"), ("parameters", None, "cannot tell"),
    ("latency_ms", "utterance", "worse"), ("nominal_kbps", 5.9, "worse"), ("delay_ms", 6.59, "same"),
    ("delay_ms", 6.3, "worse"), ("delay_ms", None, "same"), ("parameters", 1000.0000001, "same"),
])  # fmt: skip
def test_a_figure_that_moves(figure: str, after: float | str | None, verdict: str) -> None:
    figures = {name: value for name, value in (ROW.figures | {figure: after}).items() if value is not None}
    assert found(replace(ROW, figures=figures))[figure].verdict == verdict


def test_a_codec_that_needs_no_whole_utterance_any_more_is_better() -> None:
    before = replace(ROW, figures={"latency_ms": "utterance"})
    (exact, *_) = compare_figures(before, ROW, (SIDE, SIDE), ())
    assert exact.verdict == "better"
    assert str(exact) == "latency_ms utterance → 26.5"


def test_bitrates_are_compared_on_utterances_that_both_have() -> None:
    part = replace(ROW, payloads=Payloads({"b": 1500}, "aa" * 32))
    assert found(part)["measured_kbps"].verdict == "same"
    assert measured_kbps(SIDE, ROW, ["a", "b"]) == pytest.approx(8 * 2250 / 3 / 1000)
    assert measured_kbps(SIDE, ROW, ["nobody"]) is None
    unknown = replace(SIDE, utterances={"a": Speaker("x", None), "b": Speaker("y", 2.0)})
    assert measured_kbps(unknown, ROW, ["a", "b"]) is None


@pytest.mark.parametrize(("promised", "gated"), [((), False), (("opus",), True), (("opus:default",), True)])
def test_payloads_are_shown_and_gated_only_where_promised(promised: tuple[str, ...], gated: bool) -> None:
    other = replace(ROW, payloads=Payloads(ROW.payloads.sizes if ROW.payloads else {}, "bb" * 32))
    exact = found(other, promised)["payload_sha256"]
    assert (exact.verdict, exact.gated) == ("worse", gated)


def test_what_is_drawn_at_random_has_no_checksum_and_a_dead_row_nothing() -> None:
    stochastic = compare_figures(replace(ROW, stochastic=True), ROW, (SIDE, SIDE), ("opus",))
    assert "payload_sha256" not in {exact.figure for exact in stochastic}
    assert found(replace(ROW, payloads=Payloads({}))) == {}


def test_large_numbers_and_checksums_are_readable() -> None:
    assert [shown(value) for value in (14_851_810, 26.5, "a" * 64)] == ["14,851,810", "26.5", "a" * 12]
