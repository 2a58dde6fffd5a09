from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import Findings, summarize
from codecbench.analysis.clusters import VoiceCount
from codecbench.analysis.rivals import FEWEST_RIVALS, TIED_WITHIN
from codecbench.analysis.side_by_side import like_rates
from codecbench.analysis.verdict import default_rate, judge_rates, standings
from codecbench.gate.thresholds import PRACTICE
from codecbench.store.ids import Place
from codecbench.store.rows import ScoreRow, StoredResults

A, B = Place("a", "default", "6"), Place("b", "default", "6")


def run(*codecs: MadeCodec, speakers: int = 20, utterances: int = 40) -> StoredResults:
    return made_results(codecs, utterances=utterances, speakers=speakers)


def test_the_better_one_is_ahead_and_the_other_behind() -> None:
    results = run(MadeCodec("a", (6,), 0.6), MadeCodec("b", (6,), 0.4))
    rivals = Findings(results).rivals
    found = rivals.between(A, B, "pesq_wb")
    assert found is not None
    assert (found.standing, found.utterances) == ("ahead", 40)
    assert found.low is not None
    assert found.low < 0.7 < (found.high or 0)
    turned = rivals.between(B, A, "pesq_wb")
    assert turned is not None
    assert (turned.standing, turned.difference) == ("behind", -found.difference)
    assert turned.low == -(found.high or 0)
    wer = rivals.between(A, B, "wer")
    assert wer is not None
    assert wer.difference < 0
    assert wer.standing == "ahead"


def test_differences_that_do_not_matter_are_ties() -> None:
    """Also where they are shown: nobody is better by a thousandth."""
    results = run(MadeCodec("a", (6,), 0.5), MadeCodec("b", (6,), 0.5))
    scores = tuple(
        replace(row, numerator=(row.numerator or 0) + (0.001 if row.codec == "a" else 0))
        if row.metric == "estoi" else row
        for row in (replace(r, codec=c, numerator=r.numerator) for c in "ab" for r in results.scores if r.codec == "a")
    )  # fmt: skip
    results = replace(results, scores=scores)
    found = Findings(results).rivals.between(A, B, "estoi")
    assert found is not None
    assert found.p <= 0.05
    assert found.standing == "tied"


def test_like_codecs_are_not_ahead_of_each_other() -> None:
    results = run(MadeCodec("a", (6,), 0.5), MadeCodec("b", (6,), 0.5), speakers=10, utterances=10)
    rivals = Findings(results).rivals
    assert {one.standing for one in rivals.found.values()} <= {"unclear", "tied"}


def test_too_few_speakers_show_nothing() -> None:
    results = run(MadeCodec("a", (6,), 0.9), MadeCodec("b", (6,), 0.1), speakers=5)
    assert {one.standing for one in Findings(results).rivals.found.values()} == {"unclear"}


def test_only_like_rates_of_different_codecs_are_compared() -> None:
    results = run(MadeCodec("a", (6, 24), 0.6), MadeCodec("b", (6.6, 12), 0.4))
    pairs = {key[:2] for key in Findings(results).rivals.found}
    assert pairs == {(A, Place("b", "default", "6.6"))}
    assert like_rates(6, 6.9)
    assert not like_rates(6, 7)


def test_what_does_not_matter_is_what_the_gate_lets_pass() -> None:
    assert dict(TIED_WITHIN) == {name: PRACTICE[name].worth for name in TIED_WITHIN}


def test_best_of_three() -> None:
    results = run(MadeCodec("a", (6,), 0.7), MadeCodec("b", (6, 12), 0.45), MadeCodec("c", (6.4,), 0.45))
    summary = summarize(results)
    verdicts = judge_rates(summary, Findings(results).rivals)
    assert [one.rates for one in verdicts] == [(6.0, 6.4), (12.0,)]
    six = default_rate(verdicts)
    assert {one.metric: one.outcome for one in six.metrics}["pesq_wb"] == "best"
    assert [row.codec for row in six.winners] == ["a"]
    pesq = next(one for one in six.metrics if one.metric == "pesq_wb")
    assert standings(six, pesq) == {0: "best", 1: "behind", 2: "behind"}
    assert {one.outcome for one in verdicts[1].metrics} == {"alone"}


def test_contenders_are_within_15_percent_of_each_other() -> None:
    """5.3 and 6.8 kbps are both within 15 % of 6, but the one spends 28 % more than the other."""
    results = run(MadeCodec("a", (5.3,), 0.4), MadeCodec("b", (6,), 0.4), MadeCodec("c", (6.8,), 0.9))
    summary = summarize(results)
    rivals = Findings(results).rivals
    spent = {row.place: row.spent_kbps for row in summary.rows}
    assert all(like_rates(spent[one], spent[other]) for one, other, _ in rivals.found)
    assert len(rivals.found) == 2 * len(rivals.metrics)  # a and b, b and c
    for verdict in judge_rates(summary, rivals):
        assert all(like_rates(spent[one.place], spent[two.place]) for one, two in combinations(verdict.contenders, 2))
        assert verdict.winners == ()  # c would be the best of 6 kbps


def test_no_point_is_without_a_bitrate() -> None:
    """Measured 10 % over its nominal 6 kbps: too far to stand there, so it has a bitrate of its own."""
    results = run(MadeCodec("a", (6,), 0.4), MadeCodec("b", (6,), 0.4))
    codings = tuple(
        replace(row, payload_bytes=round(1.1 * (row.payload_bytes or 0))) if row.codec == "b" else row
        for row in results.codings
    )
    results = replace(results, codings=codings)
    summary = summarize(results)
    found = judge_rates(summary, Findings(results).rivals)
    assert [[row.codec for row in one.contenders] for one in found] == [["a"], ["b"]]


def test_nobody_is_best_where_two_cannot_be_told_apart() -> None:
    results = run(MadeCodec("a", (6,), 0.6), MadeCodec("b", (6,), 0.6), MadeCodec("c", (6,), 0.2), speakers=12)
    summary = summarize(results)
    (six,) = judge_rates(summary, Findings(results).rivals)
    pesq = next(one for one in six.metrics if one.metric == "pesq_wb")
    assert pesq.outcome in ("tied", "unclear")
    assert {row.codec for row in pesq.front} == {"a", "b"}
    assert six.winners == ()


def test_of_level_codecs_the_better_mean_is_named_first() -> None:
    """Not who comes first in the run: five speakers set nobody apart, so all are in the front of every metric."""
    codecs = [MadeCodec("a", (6,), 0.2), MadeCodec("b", (6,), 0.4), MadeCodec("c", (6,), 0.6)]
    summary = summarize(results := run(*codecs, speakers=5))
    (six,) = judge_rates(summary, Findings(results).rivals)
    assert [row.codec for row in six.contenders] == ["a", "b", "c"]
    assert [row.codec for row in six.front] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("metrics", "judged"),
    [
        (["si_sdr", "pesq_wb"], ["pesq_wb"]),
        (["delay_ms", "si_sdr", "cer"], ["si_sdr", "cer"]),  # none is primary: those that have a better side
        (["delay_ms"], []),
    ],
)
def test_what_is_judged_of_the_metrics_that_were_asked_for(metrics: list[str], judged: list[str]) -> None:
    results = made_results([MadeCodec("a", (6,)), MadeCodec("b", (6,))], metrics=metrics)
    summary = summarize(results)
    (six,) = judge_rates(summary, Findings(results).rivals)
    assert [one.metric for one in six.metrics] == judged


def test_one_codec_alone() -> None:
    results = run(MadeCodec("a", (6,), 0.6))
    summary = summarize(results)
    rivals = Findings(results).rivals
    assert (rivals.found, rivals.voices) == ({}, VoiceCount(0, 0))
    assert {one.outcome for one in judge_rates(summary, rivals)[0].metrics} == {"alone"}


def with_word_errors_of(results: StoredResults, other: StoredResults) -> StoredResults:
    """The same run, heard on another processor: the words of `other`, everything else as it was."""
    words = tuple(row for row in other.scores if row.metric == "wer")
    return replace(results, scores=(*(row for row in results.scores if row.metric != "wer"), *words))


CLOSE = (MadeCodec("a", (6,), 0.5), MadeCodec("b", (6,), 0.485), MadeCodec("c", (6,), 0.47), MadeCodec("d", (6,), 0.44))
WILD = (MadeCodec("a", (6,), 0.1), MadeCodec("b", (6,), 0.9), MadeCodec("c", (6,), 0.1), MadeCodec("d", (6,), 0.9))


def test_the_words_of_another_run_move_no_other_metric() -> None:
    """One family for all metrics moved them: the recognizer depends on the processor, ESTOI does not."""
    here = run(*CLOSE, speakers=12, utterances=24)
    there = with_word_errors_of(here, run(*WILD, speakers=12, utterances=24))
    deaf = replace(here, scores=tuple(row for row in here.scores if row.metric != "wer"))
    found = [Findings(results).rivals.found for results in (here, there, deaf)]
    assert found[0][A, B, "wer"] != found[1][A, B, "wer"]
    for key, rivalry in found[0].items():
        if key[2] != "wer":
            assert found[1][key] == found[2][key] == rivalry
    assert {"ahead", "unclear"} <= {rivalry.standing for key, rivalry in found[0].items() if key[2] == "estoi"}


def test_what_is_ahead_has_an_interval_that_says_so() -> None:
    for speakers in (FEWEST_RIVALS, 12, 20):
        results = run(*CLOSE, speakers=speakers, utterances=40)
        for (_, _, metric), one in Findings(results).rivals.found.items():
            assert one.low is not None
            assert one.high is not None
            excluded = one.low > 0 or one.high < 0
            assert excluded == (one.p <= 0.05)
            assert one.standing not in ("ahead", "behind") or excluded
            assert metric in ("pesq_wb", "estoi", "wer", "speaker_similarity")


def test_a_metric_of_few_speakers_is_unclear_and_moves_nobody() -> None:
    """PESQ of 38 speakers and t = 22 became p = .49 with an interval of ±2e7, for WER was known of two."""
    results = run(MadeCodec("a", (6,), 0.6), MadeCodec("b", (6,), 0.4), speakers=38, utterances=38)
    known = {f"utt-{i:02d}" for i in range(2)}

    def heard(row: ScoreRow) -> ScoreRow:
        if row.metric != "wer":
            return row
        if row.utterance in known:
            return replace(row, numerator=float(row.codec == "a"), denominator=8.0)
        return replace(row, status="abstained", reason="no transcript", numerator=None, denominator=None)

    few = replace(results, scores=tuple(map(heard, results.scores)))
    before, after = (Findings(one).rivals for one in (results, few))
    wer = after.between(A, B, "wer")
    assert wer is not None
    assert (wer.standing, wer.low, wer.high, wer.p) == ("unclear", None, None, 1.0)
    assert after.between(A, B, "estoi") == before.between(A, B, "estoi")


@pytest.mark.parametrize(("speakers", "shown"), [(FEWEST_RIVALS - 1, False), (FEWEST_RIVALS, True)])
def test_as_few_speakers_as_can_show_anything(speakers: int, shown: bool) -> None:
    results = run(MadeCodec("a", (6,), 0.9), MadeCodec("b", (6,), 0.1), speakers=speakers)
    rivals = Findings(results).rivals
    assert rivals.tell == shown
    assert {one.standing for one in rivals.found.values()} == ({"ahead"} if shown else {"unclear"})


def test_readers_of_one_text_are_one() -> None:
    """Twenty speakers, fourteen of whom read the same sentence: seven clusters, which can show nothing."""
    results = run(MadeCodec("a", (6,), 0.9), MadeCodec("b", (6,), 0.1), speakers=20, utterances=20)
    people = tuple(
        replace(row, transcript="please call stella") if index < 14 else row
        for index, row in enumerate(results.utterances)
    )
    rivals = Findings(replace(results, utterances=people, meta={**results.meta, "dataset_synthetic": False})).rivals
    assert rivals.voices == VoiceCount(20, 7)
    assert not rivals.tell
