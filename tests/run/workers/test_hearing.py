from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from codecbench.api import Abstain, Audio, Hypothesis, RecognizerCard, Word
from codecbench.plugins import Registered
from codecbench.run.workers import hearing
from codecbench.run.workers.hearing import LazyScorer, as_hypothesis, transcribe

SIGNAL = Audio.mono(np.ones(16), 16000)


class Greedy:
    """Writes into what it is given, and scores no texts."""

    def transcribe(self, audio: Audio) -> Hypothesis:
        audio.samples[:] = 0
        return Hypothesis("we solve", (Word("we", 0.0, 0.25, 0.9), Word("solve", 0.25, 0.5, 0.8)))


@pytest.fixture
def greedy(monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    card = RecognizerCard("greedy", "1", list)
    monkeypatch.setattr(hearing, "recognizer", lambda spec, language: Greedy())
    monkeypatch.setattr(hearing, "entry", lambda spec: Registered(card, Greedy, "a", "b"))
    return ["greedy"]


def test_what_was_heard_comes_back_from_the_store_as_it_was(greedy: Sequence[str]) -> None:
    stored = json.loads(json.dumps(transcribe(SIGNAL, "greedy", "en")))
    assert as_hypothesis(stored) == Greedy().transcribe(Audio.mono(np.zeros(4), 16000))
    assert SIGNAL.samples.all()
    assert as_hypothesis(None) is None


def test_a_recognizer_without_scores_abstains_by_name(greedy: Sequence[str]) -> None:
    with pytest.raises(Abstain, match="the recognizer 'greedy' cannot score texts"):
        LazyScorer("greedy", "en").score_texts(SIGNAL, ["we solve"])
