"""Train the entropy model of a codec: count its codes on training speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from codecbench.api import Audio, CodecOptions, UsageError
from codecbench.entropy import EntropyModel, model_path, save_model, train_model
from codecbench.plugins import load_registry
from codecbench.training_speech import SAMPLE_RATE, Recording, read_audio
from codecbench.weights import identity, resolve


def train(spec: str, recordings: list[Recording], seconds: float, seed: int) -> Path:
    """Count the codes of `spec` (`name` or `name:checkpoint`) on about `seconds` of `recordings`; return the file.

    Raises:
        UsageError: the codec has no weights, or works at another rate than the training speech.
    """
    entry = load_registry().codec(spec)
    card, place = entry.card, model_path(entry.card)
    weights = resolve(card)
    if place is None or weights is None:
        raise UsageError(f"{card.spec} has no weights, so no entropy model beside them")
    if card.sample_rate != SAMPLE_RATE or card.channels != 1:
        raise UsageError(f"{card.spec} is not a {SAMPLE_RATE} Hz mono codec; the training speech is")
    codec = entry.factory(CodecOptions.of(card, weights))
    signals = _signals(recordings, seconds, np.random.default_rng(seed))
    model: EntropyModel = train_model(codec, signals, card.points[-1], identity(card, weights))
    save_model(model, place)
    return place


def _signals(recordings: list[Recording], seconds: float, rng: np.random.Generator) -> list[Audio]:
    signals: list[Audio] = []
    for index in rng.permutation(len(recordings)):
        if sum(signal.seconds for signal in signals) >= seconds:
            break
        samples = read_audio(recordings[index].path).astype(np.float32) / 32768
        signals.append(Audio.mono(samples, SAMPLE_RATE))
    return signals
