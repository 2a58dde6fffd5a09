from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from read_pairs import read_pair

from codecbench.api import Abstain, Audio, Hypothesis, RecognizerCard, Sample, Unavailable, Utterance
from codecbench.metrics.confirmed import CARD, ConfirmedWer
from codecbench.metrics.confirmed.evidence import ConfirmedEvidence
from codecbench.plugins import registry
from codecbench.recognizers import moonshine

for package in ("moonshine_cpp", "onnxruntime", "onnx", "whisper_normalizer"):
    pytest.importorskip(package)


class Counting:
    """Hears by Moonshine, and counts."""

    def __init__(self) -> None:
        self.heard = 0
        self._ears = moonshine.Moonshine()

    def transcribe(self, audio: Audio) -> Hypothesis:
        self.heard += 1
        return self._ears.transcribe(audio)


@pytest.fixture(scope="module")
def sample() -> Sample:
    """A reading, and its rival by the same voice as the decoded; the run's recognizer heard both rightly."""
    pair, card = read_pair(), RecognizerCard("ears", "1", lambda: [])
    heard = Hypothesis(pair.reading.said), Hypothesis(pair.reading.rival)
    return Sample(pair.said, pair.original, pair.flipped, pair.flipped, *heard, recognizer=card)


def test_a_spoken_word_is_confirmed_and_an_invented_one_is_not(sample: Sample) -> None:
    ears = Counting()
    metric = ConfirmedWer(lambda: ears)
    spoken = metric.score(sample)
    assert sample.reference_hypothesis is not None
    assert (spoken.numerator, spoken.denominator) == (1.0, len(sample.reference_hypothesis.text.split()))
    assert [word.confirmed for word in ConfirmedEvidence.from_json(spoken.detail).words or ()] == [True]
    invented = metric.score(replace(sample, decoded=sample.reference))
    assert invented.numerator == 0
    assert [word.confirmed for word in ConfirmedEvidence.from_json(invented.detail).words or ()] == [False]
    assert ears.heard == 3  # the original once


def test_it_hears_nothing_where_no_word_was_heard_anew(sample: Sample) -> None:
    def never() -> moonshine.Moonshine:
        raise AssertionError("loaded")

    metric = ConfirmedWer(never)
    same = replace(sample, decoded_hypothesis=sample.reference_hypothesis)
    lost = replace(sample, decoded_hypothesis=Hypothesis(""))
    assert metric.score(same).numerator == metric.score(lost).numerator == 0
    evidence = ConfirmedEvidence.from_json(metric.score(lost).detail)
    assert {word.heard for word in evidence.words or ()} == {None}
    assert (evidence.original, evidence.decoded) == (None, None)


def test_what_it_cannot_tell_says_why(sample: Sample) -> None:
    metric = ConfirmedWer()
    with pytest.raises(Abstain, match=r"'moonshine-base.en' itself"):
        metric.score(replace(sample, recognizer=moonshine.CARD))
    long = Audio.mono(np.tile(sample.reference.samples[0], 60), 16000)
    with pytest.raises(Abstain, match="at most 64 s"):
        metric.score(replace(sample, reference=long, decoded=long, raw=long))


def test_without_a_transcript_what_the_first_heard_stands_in(sample: Sample) -> None:
    bare = Utterance(sample.utterance.id, sample.utterance.path, speaker=sample.utterance.speaker)
    score = ConfirmedWer().score(replace(sample, utterance=bare))
    assert score.numerator == 1
    assert ConfirmedEvidence.from_json(score.detail).stand_in


def test_the_card_names_the_model_and_it_is_scored_on_request_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry().metrics[CARD.id].card.on_request
    name, _, digest = CARD.parameters["second_model"].partition("+")
    assert name.startswith("moonshine-cpp@0.")
    assert len(digest) == 8
    monkeypatch.setattr(moonshine.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"codecbench\[moonshine\]"):
        ConfirmedWer()
