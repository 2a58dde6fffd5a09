from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import summarize
from codecbench.store.rows import ScoreRow


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


def test_a_metric_without_any_score_says_why() -> None:
    everyone = {("pesq_wb", f"utt-{i:02d}"): "PESQ found no active speech" for i in range(24)}
    score = summarize(made_results(abstained=everyone)).rows[0].scores["pesq_wb"]
    assert (score.mean, score.low, score.high, score.n) == (None, None, None, 0)
    assert score.reason == "abstained on 24 of 24 utterances: PESQ found no active speech"


def test_a_point_without_any_coding_has_no_row_but_a_reason() -> None:
    dead = MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "encode: it raised" for i in range(24)})
    summary = summarize(made_results([MadeCodec("opus", (6,)), dead]))
    assert {row.codec for row in summary.rows} == {"opus"}
    (group,) = summary.failures
    assert (group.what, group.status, group.reason, group.cells) == ("coding", "failed", "encode: it raised", 24)
    assert group.places[0].codec == "dead"


def test_a_cause_is_one_line_over_codecs() -> None:
    summary = summarize(realistic())
    abstained = [group for group in summary.failures if group.status == "abstained"]
    assert len(abstained) == 1
    assert (len(abstained[0].places), abstained[0].cells, abstained[0].utterances) == (6, 27, ("utt-07",))


def test_seeds_are_averaged_within_the_utterance() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=4, speakers=4, metrics=["pesq_wb"], seeds=(0, 1))
    score = summarize(results).rows[0].scores["pesq_wb"]
    assert (score.n, score.planned, score.speakers) == (4, 4, 4)
    assert score.mean == pytest.approx(sum(row.value or 0 for row in results.scores) / 8)


def test_an_utterance_with_a_failed_seed_is_failed() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=3, metrics=["stoi"], seeds=(0, 1))
    first = results.scores[0]
    broken = ScoreRow(*list(vars(first).values())[:8], "failed", "it raised")
    score = summarize(replace(results, scores=(broken, *results.scores[1:]))).rows[0].scores["stoi"]
    assert (score.n, score.failed) == (2, 1)


def test_intervals_end_where_the_metric_does() -> None:
    results = made_results([MadeCodec("codec2", (0.7,), quality=0.0)], utterances=2, speakers=2)
    score = summarize(results).rows[0].scores["wer"]
    assert score.low == 0.0
    assert score.mean is not None
    assert score.mean > 0


def test_floor_is_over_the_utterances_scored_whatever_the_codec() -> None:
    results = made_results([MadeCodec("a", (6,), fails={"utt-03": "no"}), MadeCodec("b", (6,), fails={"utt-04": "no"})])
    words = sum(len((row.transcript or "").split()) for row in results.utterances)
    floor = summarize(results).floor["wer"]
    assert floor.n == 24
    assert floor.value == pytest.approx(3 / words)  # the originals of utt-03, -13 and -23 have one error each
    assert summarize(made_results(metrics=["stoi"])).floor["wer"].reason == "wer was not scored"


def test_entropy_coded_rate_only_where_it_wins_everywhere() -> None:
    results = made_results([MadeCodec("dac", (6,), codebooks=True)])
    rate = summarize(results).rows[0].rate
    assert rate.entropy_kbps is not None
    assert rate.measured_kbps is not None
    assert rate.entropy_kbps < rate.measured_kbps
    unknown = replace(results, codings=(replace(results.codings[0], entropy_bytes=None), *results.codings[1:]))
    assert summarize(unknown).rows[0].rate.entropy_reason == "no entropy model for these weights"
    worse = replace(results, codings=tuple(replace(row, entropy_bytes=99999) for row in results.codings))
    assert summarize(worse).rows[0].rate.entropy_kbps is None
    assert summarize(worse).rows[0].rate.entropy_reason == "entropy coding does not beat fixed length here"
    assert summarize(made_results()).rows[0].rate.entropy_reason == "not a token codec"


def test_warnings_name_deviating_delays_and_lengths() -> None:
    results = made_results([MadeCodec("dac", (6,), codebooks=True)])
    late = replace(results.codings[4], delay_s=0.0016, missing=3)
    row = summarize(replace(results, codings=(*results.codings[:4], late, *results.codings[5:]))).rows[0]
    assert row.delay_ms == 0.5
    assert row.warnings == (
        "the delay of 1 of 24 utterances is more than 1 ms off (first: utt-04)",
        "missing samples in 1 of 24 utterances, at most 3 at 16000 Hz",
        "surplus samples in 24 of 24 utterances, at most 8 at 16000 Hz",
    )


def test_unknown_speakers_are_their_own() -> None:
    summary = summarize(made_results(speakers=0))
    assert summary.speakers is None
    assert summary.rows[0].scores["stoi"].speakers == 24
    assert not summary.rows[0].scores["stoi"].indicative
