"""Two readings of a minimal pair by one voice: each is a true lie about the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from codecbench.api import Audio, Utterance
from codecbench.audio import source_signal
from codecbench.datasets import load_dataset
from codecbench.metrics.pairs.reading import Reading, reading_of
from codecbench.plugins import registry

WORD = "tool"
"""Of a pair that all recognizers at hand hear rightly, read by `VOICE`."""
VOICE = "syn-v2"


@dataclass(frozen=True)
class ReadPair:
    """`original` says the word of `reading`, `flipped` its rival. Both are equally long."""

    said: Utterance
    reading: Reading
    original: Audio
    flipped: Audio


def read_pair() -> ReadPair:
    utterances = load_dataset("pairs", registry()).utterances
    readings = {(u.speaker, r.said): (u, r) for u in utterances if (r := reading_of(u)) is not None}
    said, reading = next((u, r) for u, r in readings.values() if r.word == WORD and u.speaker == VOICE)
    rival, _ = readings[said.speaker, reading.rival]
    one, other = source_signal(said.path), source_signal(rival.path)
    length = max(one.length, other.length)
    return ReadPair(said, reading, _padded(one, length), _padded(other, length))


def _padded(audio: Audio, length: int) -> Audio:
    return Audio.mono(np.pad(audio.samples[0], (0, length - audio.length)), audio.sample_rate)
