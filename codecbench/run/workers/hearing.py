"""The recognizer in a scoring process: loaded once, and only where somebody listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from codecbench.api import (
    Abstain,
    Audio,
    Hypothesis,
    Recognizer,
    RecognizerCard,
    Scorer,
    TextScore,
    Word,
)
from codecbench.audio import SOURCE_RATE
from codecbench.plugins import Registered, registry
from codecbench.recognizers.choice import find_recognizer
from codecbench.run.pool import guarded
from codecbench.run.workers.signals import own_copy


@cache
def entry(spec: str) -> Registered[RecognizerCard]:
    return find_recognizer(spec, registry())


@cache
def recognizer(spec: str) -> Recognizer:
    model: Recognizer = entry(spec).factory()
    return model


@dataclass(frozen=True)
class LazyScorer:
    """The recognizer's model is loaded only where a metric has texts to score."""

    spec: str

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        """As `codecbench.api.Scorer`; raises Abstain where the recognizer is none."""
        model = recognizer(self.spec)
        if not isinstance(model, Scorer):
            raise Abstain(f"the recognizer '{entry(self.spec).card.id}' cannot score texts (no score_texts)")
        return model.score_texts(audio, texts)


def transcribe(audio: Audio, spec: str) -> Mapping[str, Any]:
    """What the recognizer hears, as the store keeps it."""
    heard = recognizer(spec).transcribe(own_copy(audio))
    return {"text": heard.text, "words": [vars(word) for word in heard.words]}


def as_hypothesis(value: Mapping[str, Any] | None) -> Hypothesis | None:
    """What `transcribe` returned."""
    return None if value is None else Hypothesis(value["text"], tuple(Word(**word) for word in value["words"]))


@guarded
def try_recognizer(spec: str) -> None:
    """Load it, and let it hear a second of noise: what it makes of it does not matter."""
    noise = np.random.default_rng(0).normal(0.0, 0.01, SOURCE_RATE)
    transcribe(Audio.mono(noise, SOURCE_RATE), spec)
