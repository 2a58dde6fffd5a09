from __future__ import annotations

from dataclasses import replace

from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import summarize
from codecbench.analysis.failures import group_failures


def test_a_cause_is_one_line_over_codecs() -> None:
    summary = summarize(realistic())
    abstained = [group for group in summary.failures if group.status == "abstained"]
    assert len(abstained) == 1
    assert (len(abstained[0].places), abstained[0].cells, abstained[0].utterances) == (6, 27, ("utt-07",))


def test_a_failed_coding_is_told_once_and_not_once_more_for_each_metric() -> None:
    (group,) = group_failures(made_results([MadeCodec("opus", (6, 12), fails={"utt-01": "it raised"})], utterances=3))
    assert (group.what, group.cells, group.utterances) == ("coding", 2, ("utt-01",))
    assert group.places[0].points == ("6", "12")


def test_failures_come_before_abstentions_and_a_silent_one_says_so() -> None:
    results = made_results(metrics=["stoi"], utterances=4, abstained={("stoi", "utt-00"): "silence"})
    last = replace(results.scores[-1], status="failed", reason=None)
    groups = group_failures(replace(results, scores=(*results.scores[:-1], last)))
    assert [(group.status, group.reason) for group in groups] == [
        ("failed", "no reason given"), ("abstained", "silence"),
    ]  # fmt: skip
