from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results, metric_facts

from codecbench.analysis import summarize
from codecbench.analysis.clusters import Voices
from codecbench.analysis.scores import by_utterance, summarize_metric
from codecbench.store.rows import ScoreRow


def test_a_metric_without_any_score_says_why() -> None:
    everyone = {("pesq_wb", f"utt-{i:02d}"): "PESQ found no active speech" for i in range(24)}
    score = summarize(made_results(abstained=everyone)).rows[0].scores["pesq_wb"]
    assert (score.mean, score.low, score.high, score.n) == (None, None, None, 0)
    assert score.reason == "abstained on 24 of 24 utterances: PESQ found no active speech"


def test_seeds_are_averaged_within_the_utterance() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=4, speakers=4, metrics=["pesq_wb"], seeds=(0, 1))
    score = summarize(results).rows[0].scores["pesq_wb"]
    assert (score.n, score.planned, score.speakers) == (4, 4, 4)
    assert score.mean == pytest.approx(sum(row.value or 0 for row in results.scores) / 8)


def test_an_utterance_with_a_failed_seed_is_failed() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=3, metrics=["stoi"], seeds=(0, 1))
    first = results.scores[0]
    broken = replace(first, status="failed", reason="it raised", numerator=None, denominator=None)
    score = summarize(replace(results, scores=(broken, *results.scores[1:]))).rows[0].scores["stoi"]
    assert (score.n, score.failed) == (2, 1)


def test_intervals_end_where_the_metric_does() -> None:
    results = made_results([MadeCodec("codec2", (0.7,), quality=0.0)], utterances=2, speakers=2)
    score = summarize(results).rows[0].scores["wer"]
    assert score.low == 0.0
    assert score.mean is not None
    assert score.mean > 0


def score(utterance: str, seed: int, numerator: float, denominator: float = 1.0) -> ScoreRow:
    return ScoreRow("c", "d", "6", 6.0, utterance, seed, "m", "1", "ok", None, numerator, denominator)


def test_seeds_of_a_ratio_are_averaged_above_and_below_the_line() -> None:
    rows = [score("a", 0, 1, 10), score("a", 1, 3, 10), score("b", 0, 0, 2)]
    assert [(one.numerator, one.denominator) for one in by_utterance(rows, "ratio")] == [(2.0, 10.0), (0.0, 2.0)]
    assert [(one.numerator, one.denominator) for one in by_utterance(rows, "mean")] == [(pytest.approx(0.2), 1.0),
                                                                                         (0.0, 1.0)]  # fmt: skip


def test_a_stored_score_without_a_value_is_a_failure() -> None:
    (found,) = by_utterance([score("a", 0, 1.0, 0.0)], "mean")
    assert (found.status, found.reason) == ("failed", "the stored score has no value")


def test_counts_add_up_to_what_was_planned_and_nothing_scored_is_told() -> None:
    rows = [score("a", 0, 1.0), replace(score("b", 0, 1.0), status="skipped", reason="no"), score("c", 0, 3.0)]
    own = {name: name for name in "abc"}
    found = summarize_metric(metric_facts("stoi"), rows, Voices(own, own))
    assert (found.mean, found.n, found.skipped, found.planned, found.complete) == (2.0, 2, 1, 3, False)
    assert summarize_metric(metric_facts("stoi"), [], Voices({}, {})).reason == "not scored in this run"
