from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize


def test_a_row_per_point_with_its_measured_rate() -> None:
    results = made_results([MadeCodec("opus", (6, 12))])
    summary = summarize(results)
    assert [(row.codec, row.point) for row in summary.rows] == [("opus", "6"), ("opus", "12")]
    mine = [row for row in results.codings if row.point == "6"]
    expected = 8 * sum(row.payload_bytes or 0 for row in mine) / sum(row.seconds or 0 for row in mine) / 1000
    assert summary.rows[0].rate.measured_kbps == pytest.approx(expected)
    assert (summary.utterances, summary.speakers, summary.seconds) == (24, 8, 72.0)


def test_corpus_metrics_are_ratios_of_sums_and_count_utterances() -> None:
    results = made_results()
    rows = [row for row in results.scores if row.metric == "wer" and row.point == "6"]
    score = summarize(results).rows[0].scores["wer"]
    assert score.mean == pytest.approx(sum(r.numerator or 0 for r in rows) / sum(r.denominator or 0 for r in rows))
    assert (score.n, score.failed, score.planned) == (24, 0, 24)


def test_failed_and_abstained_are_counted_never_averaged() -> None:
    results = made_results(
        [MadeCodec("codec2", (3.2,), fails={"utt-05": "encode: it raised"})],
        abstained={("pesq_wb", "utt-07"): "PESQ found no active speech"},
    )
    row = summarize(results).rows[0]
    assert vars(row.scores["pesq_wb"]) | {"n": 22, "failed": 1, "abstained": 1, "planned": 24} == vars(
        row.scores["pesq_wb"]
    )
    ok = [r.value for r in results.scores if r.metric == "pesq_wb" and r.status == "ok"]
    assert row.scores["pesq_wb"].mean == pytest.approx(sum(v for v in ok if v is not None) / 22)


def test_a_point_without_any_coding_has_no_row_but_a_reason() -> None:
    dead = MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "encode: it raised" for i in range(24)})
    summary = summarize(made_results([MadeCodec("opus", (6,)), dead]))
    assert {row.codec for row in summary.rows} == {"opus"}
    (group,) = summary.failures
    assert (group.what, group.status, group.reason, group.cells) == ("coding", "failed", "encode: it raised", 24)
    assert group.places[0].codec == "dead"


def test_a_row_has_its_delay_and_its_warnings() -> None:
    results = made_results([MadeCodec("dac", (6,), codebooks=True)])
    short = replace(results.codings[4], missing=3)
    row = summarize(replace(results, codings=(*results.codings[:4], short, *results.codings[5:]))).rows[0]
    assert row.delay_ms == 0.5
    assert row.warnings == (
        "missing samples in 1 of 24 utterances, at most 3 at 16000 Hz",
        "surplus samples in 24 of 24 utterances, at most 8 at 16000 Hz",
    )


def test_unknown_speakers_are_their_own() -> None:
    summary = summarize(made_results(speakers=0))
    assert summary.speakers is None
    assert summary.rows[0].scores["stoi"].speakers == 24
    assert not summary.rows[0].scores["stoi"].indicative
