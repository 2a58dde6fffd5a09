from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Abstain, Audio, Hypothesis, Sample, Score, Utterance
from codecbench.metrics.recognition import DeltaWer, Dwer, ErrorRate, LoopRate, count_edits

pytest.importorskip("jiwer")
pytest.importorskip("whisper_normalizer")

SIGNAL = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(8000), 16000)


def sample(transcript: str | None, original: str, decoded: str, **extra: str) -> Sample:
    utterance = Utterance("u", Path("u.wav"), transcript, extra=extra)
    return Sample(utterance, SIGNAL, SIGNAL, SIGNAL, Hypothesis(original), Hypothesis(decoded))


def wer(*args: str | None, **extra: str) -> Score:
    return ErrorRate("words").score(sample(*args, **extra))  # type: ignore[arg-type]


def test_counts_and_evidence() -> None:
    score = wer("the cat sat on the mat", "the cat sat on a mat", "oh the bat sat on mat")
    assert (score.numerator, score.denominator) == (3.0, 6.0)
    assert score.detail == {
        "hypothesis": "oh the bat sat on mat", "reference_hypothesis": "the cat sat on a mat",
        "substitutions": 1, "deletions": 1, "insertions": 1, "hits": 4, "floor_edits": 1, "words": 6,
        "looped": 0,
        "normalized": {
            "transcript": "the cat sat on the mat", "original": "the cat sat on a mat",
            "decoded": "0 the bat sat on mat",
        },
    }  # fmt: skip


def test_an_empty_hypothesis_is_all_deletions() -> None:
    score = wer("the cat sat", "the cat sat", "")
    assert (score.numerator, score.denominator, score.detail["deletions"]) == (3.0, 3.0, 3)
    assert ErrorRate("characters").score(sample("the cat", "the cat", "")).value == 1.0
    assert DeltaWer().score(sample("the cat sat", "the cat", "")).numerator == 2.0
    assert Dwer().score(sample(None, "the cat", "")).value == 1.0


def test_more_words_than_there_are_can_exceed_1() -> None:
    assert wer("no", "no", "oh well no then").value == 3.0


def test_a_recognizer_that_loops_changes_no_error_rate_and_is_counted() -> None:
    once = ("the cat sat", "the cat sat", "the bat sat")
    looping = (*once[:2], "the bat bat bat bat bat bat sat")
    for metric in (ErrorRate("words"), ErrorRate("characters"), DeltaWer(), Dwer()):
        assert metric.score(sample(*looping)).numerator == metric.score(sample(*once)).numerator
    assert wer(*looping).detail["looped"] == 5
    assert (wer(*looping).detail["hypothesis"]) == looping[2]
    score = LoopRate().score(sample(*looping))
    assert (score.numerator, score.denominator, score.detail) == (5.0, 3.0, {"stand_in": False})
    assert LoopRate().score(sample(None, *looping[1:])).detail == {"stand_in": True}
    assert LoopRate().score(sample(*once)).numerator == 0.0
    with pytest.raises(Abstain, match="words"):
        LoopRate().score(sample("...", "", "the"))


def test_characters_count_spaces() -> None:
    score = ErrorRate("characters").score(sample("the cat", "the cat", "the hat"))
    assert (score.numerator, score.denominator, score.detail["characters"]) == (1.0, 7.0, 7)


def test_delta_may_be_negative() -> None:
    score = DeltaWer().score(sample("the cat sat", "the bat sat", "the cat sat"))
    assert (score.numerator, score.denominator) == (-1.0, 3.0)


def test_dwer_is_against_what_was_heard() -> None:
    score = Dwer().score(sample("something else", "the cat sat", "the cat sat down"))
    assert (score.numerator, score.denominator) == (1.0, 3.0)
    with pytest.raises(Abstain, match="no words in the original"):
        Dwer().score(sample("the cat", "[ ]", "the cat"))


@pytest.mark.parametrize("transcript", [None, "", " . ", "(applause)"])
def test_without_words_to_compare_with_it_abstains(transcript: str | None) -> None:
    for metric in (ErrorRate("words"), ErrorRate("characters"), DeltaWer()):
        with pytest.raises(Abstain, match="transcript"):
            metric.score(sample(transcript, "the cat", "the cat"))


def test_aligned_transcripts_stay_out_of_absolute_rates_alone() -> None:
    aligned = sample("the cat", "the cat", "the bat", transcript_kind="reference-aligned")
    for metric in (ErrorRate("words"), ErrorRate("characters")):
        with pytest.raises(Abstain, match="aligned by a recognizer"):
            metric.score(aligned)
    assert DeltaWer().score(aligned).value == 0.5
    assert Dwer().score(aligned).value == 0.5


def test_without_a_recognizer_it_fails() -> None:
    with pytest.raises(ValueError, match="hypothesis is missing"):
        ErrorRate("words").score(Sample(Utterance("u", Path("u"), "hi"), SIGNAL, SIGNAL, SIGNAL))


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8).map(" ".join)


@given(WORDS.filter(bool), WORDS)
def test_counts_add_up(reference: str, hypothesis: str) -> None:
    edits = count_edits(reference, hypothesis)
    assert edits.reference_length == len(reference.split())
    assert edits.hits + edits.substitutions + edits.insertions == len(hypothesis.split())
    assert abs(len(reference.split()) - len(hypothesis.split())) <= edits.total
    assert (edits.total == 0) == (reference == hypothesis)
