"""A recognizer made for tests of verdicts on words: it hears what it is told, and scores by a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from codecbench.api import Audio, Hypothesis, TextScore, Word

SIGNAL = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(32000), 16000)


class Table:
    """Log-probabilities by text given speech, 0 where it has none; given silence `silence` by text."""

    def __init__(self, speech: Mapping[str, float], silence: Mapping[str, float] | None = None) -> None:
        self.speech, self.silence = speech, silence or {}
        self.asked: list[str] = []

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        table = self.speech if audio.samples.any() else self.silence
        self.asked += texts if audio.samples.any() else []
        return [TextScore(text, table.get(text, 0.0), len(text.split())) for text in texts]


def said(text: str, probability: float = 0.9) -> Hypothesis:
    return Hypothesis(text, tuple(Word(w, n / 4, (n + 1) / 4, probability) for n, w in enumerate(text.split())))
