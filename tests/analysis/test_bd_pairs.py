from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.bd import QualityCurve, bd_quality, bd_rate
from codecbench.analysis.bd_pairs import BDPair, compare_curves
from codecbench.analysis.bootstrap import ONE_CLUSTER
from codecbench.analysis.cells import collect_cells
from codecbench.store.ids import CodecId
from codecbench.store.rows import StoredResults

GOOD, POOR = MadeCodec("good", (2, 3, 6, 12), 0.6), MadeCodec("poor", (2, 4, 6, 12), 0.5)
ONE, OTHER = CodecId("poor", "default"), CodecId("good", "default")


def compare(results: StoredResults, metric: str = "pesq_wb") -> BDPair:
    summary = summarize(results)
    cells = collect_cells(results, [metric])
    places = [row.place for row in summary.rows]
    pairs = compare_curves(cells, places, metric, bool(summary.metrics[metric].higher_is_better))
    back, there = pairs[OTHER, ONE], pairs[ONE, OTHER]
    if there.rate.value is not None:
        assert (1 + there.rate.value) * (1 + (back.rate.value or 0)) == pytest.approx(1)
    if there.quality.low is not None:
        assert (there.quality.low, there.quality.high) == (-(back.quality.high or 0), -(back.quality.low or 0))
    return there


def test_is_that_of_the_summarys_curves() -> None:
    results = made_results([GOOD, POOR], utterances=40, speakers=20)
    pair, rows = compare(results), summarize(results).rows
    curves = [
        QualityCurve([r.rate.measured_kbps or 0 for r in rows if r.codec == name],
              [r.scores["pesq_wb"].mean or 0 for r in rows if r.codec == name])
        for name in ("poor", "good")
    ]  # fmt: skip
    assert pair.rate.value == pytest.approx(bd_rate(*curves).value)
    assert pair.quality.value == pytest.approx(bd_quality(*curves).value)
    assert (pair.rate.utterances, pair.rate.speakers, pair.rate.indicative) == (40, 20, False)


def test_the_interval_holds_the_truth_and_is_narrow() -> None:
    """Quality is 0.22 × log2 of the rate: 0.1 is 2 ** -(0.1 / 0.22) of the bits."""
    pair = compare(made_results([GOOD, POOR], utterances=60, speakers=30))
    truth = 2 ** (-0.1 / 0.22) - 1
    assert pair.rate.low is not None
    assert pair.rate.high is not None
    assert pair.rate.low < truth < pair.rate.high
    assert pair.rate.low < (pair.rate.value or 0) < pair.rate.high
    assert pair.rate.high - pair.rate.low < 0.1
    assert pair.quality.low is not None
    assert pair.quality.low < 0.35 < (pair.quality.high or 0)


def test_few_speakers_are_indicative() -> None:
    pair = compare(made_results([GOOD, POOR], utterances=24, speakers=6))
    assert pair.rate.indicative
    assert pair.rate.low is not None


def test_one_speaker_has_no_interval() -> None:
    pair = compare(made_results([GOOD, POOR], utterances=24, speakers=1))
    assert pair.rate.value is not None
    assert (pair.rate.low, str(pair.rate.refusal)) == (
        None,
        ONE_CLUSTER,
    )


def test_lower_is_better() -> None:
    """A better codec needs fewer bits, and makes fewer errors."""
    pair = compare(made_results([GOOD, POOR], utterances=200, speakers=40), "wer")
    assert (pair.rate.value or 0) < 0
    assert (pair.quality.value or 0) < 0


def test_only_what_both_have() -> None:
    """Utterances that fail for one are left out for the other too: scores and bits alike."""
    fails = {f"utt-{i:02d}": "it raised" for i in range(10)}
    pair = compare(made_results([replace(GOOD, fails=fails), POOR], utterances=40, speakers=20))
    assert pair.rate.utterances == 30


def test_refused_with_the_reason() -> None:
    pair = compare(made_results([replace(GOOD, points=(2, 3, 6)), POOR], utterances=24, speakers=12))
    assert pair.rate.value is None
    assert str(pair.rate.refusal) == "this codec has 3 points, at least 4 are needed"


def test_a_curve_that_rises_by_chance_has_no_interval() -> None:
    close = MadeCodec("good", (5.9, 6.0, 6.05, 6.1), 0.6)
    pair = compare(made_results([close, MadeCodec("poor", (5.9, 6.0, 6.05, 6.1), 0.6)], utterances=24, speakers=12))
    assert pair.rate.low is None
    assert pair.rate.refusal
