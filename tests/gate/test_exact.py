from __future__ import annotations

from dataclasses import replace

import pytest

from codecbench.gate.baseline import Baseline, BaselineRow, Payloads, Speaker
from codecbench.gate.exact import BITRATE_SHARE, Exact, compare_figures, measured_kbps, shown, varies
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
    assert (exact.verdict, exact.gated) == ("worse" if gated else "changed", gated)


VARIABLE = replace(ROW, payloads=Payloads({"a": 1500, "b": 750}))


def test_a_bitrate_varies_where_a_longer_utterance_has_fewer_bytes() -> None:
    assert not varies(SIDE, ROW)
    assert varies(SIDE, VARIABLE)
    alike = replace(SIDE, utterances={"a": Speaker("x", 1.0), "b": Speaker("y", 1.0)})
    assert not varies(alike, VARIABLE)
    assert not varies(SIDE, replace(ROW, payloads=None))
    assert varies(SIDE, replace(ROW, figures={"parameters": 1000}))  # no nominal bitrate


@pytest.mark.parametrize(("a", "share", "verdict"), [
    (1490, None, "same"), (1510, None, "same"), (1523, None, "worse"), (1400, None, "better"), (1523, 0.02, "same"),
    (1501, 0.0, "worse"), (1499, 0.0, "better"), (1500, 0.0, "same"),
])  # fmt: skip
def test_a_variable_bitrate_may_rise_by_one_per_cent(a: int, share: float | None, verdict: str) -> None:
    after = replace(VARIABLE, payloads=Payloads({"a": a, "b": 750}))
    exact = {one.figure: one for one in compare_figures(VARIABLE, after, (SIDE, SIDE), (), share)}["measured_kbps"]
    assert (exact.verdict, exact.bound) == (verdict, BITRATE_SHARE if share is None else share)


def test_a_constant_bitrate_is_exact_unless_a_share_is_set() -> None:
    fewer = replace(ROW, payloads=Payloads({"a": 749, "b": 1500}))
    assert (found(fewer)["measured_kbps"].verdict, found(fewer)["measured_kbps"].bound) == ("worse", None)
    set_by_hand = compare_figures(ROW, fewer, (SIDE, SIDE), (), 0.01)
    assert {one.figure: one.verdict for one in set_by_hand}["measured_kbps"] == "same"


def test_what_is_drawn_at_random_has_no_checksum_and_a_dead_row_nothing() -> None:
    stochastic = compare_figures(replace(ROW, stochastic=True), ROW, (SIDE, SIDE), ("opus",))
    assert "payload_sha256" not in {exact.figure for exact in stochastic}
    assert found(replace(ROW, payloads=Payloads({}))) == {}


def test_large_numbers_and_checksums_are_readable() -> None:
    assert [shown(value) for value in (14_851_810, 26.5, "a" * 64)] == ["14,851,810", "26.5", "a" * 12]
