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
    Multilingual,
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
def _loaded(spec: str) -> Recognizer:
    model: Recognizer = entry(spec).factory()
    return model


@cache
def recognizer(spec: str, language: str) -> Recognizer:
    """The model, as it hears speech in `language`. Raises Abstain where it does not."""
    card, model = entry(spec).card, _loaded(spec)
    if reason := deaf(spec, language):
        raise Abstain(reason)
    if language != card.language and isinstance(model, Multilingual):
        return model.in_language(language)
    return model


def deaf(spec: str, language: str) -> str | None:
    """Why the recognizer is not given speech in `language`; None where it is."""
    card = entry(spec).card
    if card.hears(language):
        return None
    heard = ", ".join((card.language, *card.languages))
    return f"the utterance is in '{language}', and the recognizer {card.id} hears {heard} alone"


@dataclass(frozen=True)
class LazyScorer:
    """The recognizer's model is loaded only where a metric has texts to score."""

    spec: str
    language: str

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        """As `codecbench.api.Scorer`; raises Abstain where the recognizer is none."""
        model = recognizer(self.spec, self.language)
        if not isinstance(model, Scorer):
            raise Abstain(f"the recognizer '{entry(self.spec).card.id}' cannot score texts (no score_texts)")
        return model.score_texts(audio, texts)


def transcribe(audio: Audio, spec: str, language: str) -> Mapping[str, Any]:
    """What the recognizer hears, as the store keeps it."""
    heard = recognizer(spec, language).transcribe(own_copy(audio))
    return {"text": heard.text, "words": [vars(word) for word in heard.words]}


def as_hypothesis(value: Mapping[str, Any] | None) -> Hypothesis | None:
    """What `transcribe` returned."""
    return None if value is None else Hypothesis(value["text"], tuple(Word(**word) for word in value["words"]))


@guarded
def try_recognizer(spec: str) -> None:
    """Load it, and let it hear a second of noise: what it makes of it does not matter."""
    noise = np.random.default_rng(0).normal(0.0, 0.01, SOURCE_RATE)
    transcribe(Audio.mono(noise, SOURCE_RATE), spec, entry(spec).card.language)
