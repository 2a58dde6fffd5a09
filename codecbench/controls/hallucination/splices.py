"""Words planted in running speech: another word of the same reader in the place of one that was heard rightly.

A rival reading (`stimuli.FLIP`) fits its carrier sentence as well as the word that it replaces. A spliced word does not
fit its sentence, so a recognizer that reads by context often hears the word that belongs there, or none: what the
verdict finds of these is a lower bound of what it finds of a codec's fluent words. Words are cut where the level is
lowest near their ends, faded over 10 ms and brought to the level of the word that they replace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, Hypothesis, Recognizer, Utterance
from codecbench.audio import source_signal
from codecbench.controls.hallucination.measuring import Stimulus
from codecbench.degradations import rms
from codecbench.metrics.hallucination.alignment import align_three
from codecbench.metrics.heard import HeardWord, Normalize, heard_words

SPLICE, CUT = "spliced words", "cut words"
EACH = 2
"""Words planted in an utterance, at most."""
APART = 4
"""Reference words between two of them, at least: each is judged by itself."""
SHORTEST_LETTERS = 4
SECONDS = (0.2, 0.8)
SURE = 0.6
"""The recognizer's probability of a word that may be moved."""
NEAR_S = 0.04
"""How far from a word's end its cut is sought."""
FADE_S = 0.01
MOST_GAIN_DB = 10.0

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class PlacedWord:
    """A word that was heard rightly in an original. `position` is its index in the reference."""

    text: str
    position: int
    begins: float
    ends: float

    @property
    def seconds(self) -> float:
        return self.ends - self.begins


@dataclass(frozen=True)
class Planted:
    """At `position` of the reference `said` was replaced by `donor`, a word of the utterance `source`."""

    place: PlacedWord
    donor: PlacedWord
    source: Utterance


def plant(
    utterances: Sequence[Utterance], recognizer: Recognizer, normalize: Normalize
) -> dict[str, tuple[Planted, ...]]:
    """What to plant where, by utterance id; utterances of lone speakers, or without words that fit, get none."""
    words = {
        u.id: placed_words(u, recognizer.transcribe(source_signal(u.recording_path)), normalize) for u in utterances
    }
    planted = {}
    for utterance in utterances:
        others = [one for one in utterances if one.speaker == utterance.speaker and one.id != utterance.id]
        donors = [(word, other) for other in others for word in words[other.id]]
        said = {word.text for word in words[utterance.id]} | set(normalize(utterance.transcript or "").split())
        donors = [(word, other) for word, other in donors if word.text not in said]
        if found := _chosen(words[utterance.id], donors, _random(utterance)):
            planted[utterance.id] = found
    return planted


def placed_words(utterance: Utterance, heard: Hypothesis, normalize: Normalize) -> list[PlacedWord]:
    """Those of the utterance that may be moved: heard rightly, surely, of some length."""
    words = heard_words(heard, normalize)
    texts = [word.text for word in words]
    reference = normalize(heard.text if utterance.transcript is None else utterance.transcript).split()
    steps = align_three(reference, texts, texts).original
    hits = [(s.reference, words[s.hypothesis]) for s in steps if s.operation == "hit" and s.hypothesis is not None]
    return [
        PlacedWord(word.text, position, word.begins, word.ends)
        for position, word in hits
        if word.begins is not None and word.ends is not None and _movable(word, word.ends - word.begins)
    ]


def _movable(word: HeardWord, seconds: float) -> bool:
    sure = word.probability is not None and word.probability >= SURE and word.end - word.start == 1
    return sure and word.text.isalpha() and len(word.text) >= SHORTEST_LETTERS and SECONDS[0] <= seconds <= SECONDS[1]


def _chosen(
    places: Sequence[PlacedWord], donors: list[tuple[PlacedWord, Utterance]], random: np.random.Generator
) -> tuple[Planted, ...]:
    """Places drawn at random; to each the donor nearest in length, each donor's word once."""
    chosen: list[Planted] = []
    for n in random.permutation(len(places)):
        place = places[n]
        if len(chosen) == EACH or not donors:
            break
        if any(abs(one.place.position - place.position) < APART for one in chosen):
            continue
        donor, source = min(donors, key=lambda one: (abs(np.log(one[0].seconds / place.seconds)), one[0].text))
        chosen.append(Planted(place, donor, source))
        donors = [one for one in donors if one[0].text != donor.text]
    return tuple(sorted(chosen, key=lambda one: one.place.position))


def splice_stimuli(
    utterances: Sequence[Utterance], planted: Mapping[str, tuple[Planted, ...]]
) -> Iterator[Stimulus]:  # fmt: skip
    """Each utterance with its words planted, and with the same places cut out."""
    for utterance in utterances:
        if words := planted.get(utterance.id):
            read = partial(source_signal, utterance.recording_path)
            yield Stimulus(utterance, SPLICE, read, partial(spliced, words))
            yield Stimulus(utterance, CUT, read, partial(without, words))


def spliced(planted: Sequence[Planted], audio: Audio) -> Audio:
    """`audio` with each planted word in its place; as much longer or shorter as they are."""
    return _replaced(audio, [(one.place, _donor_samples(one, audio)) for one in planted])


def without(planted: Sequence[Planted], audio: Audio) -> Audio:
    """`audio` without the words in whose places others would be planted."""
    return _replaced(audio, [(one.place, np.zeros(0, dtype=np.float32)) for one in planted])


def _donor_samples(one: Planted, audio: Audio) -> Samples:
    donor = _cut(source_signal(one.source.recording_path), one.donor)
    gain = rms(_cut(audio, one.place)) / max(rms(donor), 1e-9)
    most = 10 ** (MOST_GAIN_DB / 20)
    level: Samples = (donor * np.clip(gain, 1 / most, most)).astype(np.float32)
    return level


def _replaced(audio: Audio, words: Sequence[tuple[PlacedWord, Samples]]) -> Audio:
    """From the end on, so that earlier places stay where they are."""
    signal: Samples = audio.samples[0]
    for place, samples in reversed(words):
        start, end = _bounds(audio, place)
        signal = _joined(_joined(signal[:start], samples, audio.sample_rate), signal[end:], audio.sample_rate)
    return Audio.mono(signal, audio.sample_rate)


def _cut(audio: Audio, word: PlacedWord) -> Samples:
    start, end = _bounds(audio, word)
    samples: Samples = audio.samples[0][start:end]
    return samples


def _bounds(audio: Audio, word: PlacedWord) -> tuple[int, int]:
    """Samples: where the level is lowest near the word's begin and end."""
    return _quietest(audio, word.begins), _quietest(audio, word.ends)


def _quietest(audio: Audio, seconds: float) -> int:
    rate = audio.sample_rate
    width, reach, at = round(FADE_S * rate), round(NEAR_S * rate), round(seconds * rate)
    low, high = max(0, at - reach), min(audio.length, at + reach)
    if high - low <= width:
        return min(max(at, 0), audio.length)
    power = np.convolve(np.square(audio.samples[0][low:high], dtype=np.float64), np.ones(width), "valid")
    return low + int(np.argmin(power)) + width // 2


def _joined(left: Samples, right: Samples, rate: int) -> Samples:
    """One after the other, crossfaded over `FADE_S` (or as much as there is)."""
    count = min(round(FADE_S * rate), len(left), len(right))
    if not count:
        return np.concatenate([left, right])
    ramp = np.linspace(0.0, 1.0, count, dtype=np.float32)
    mixed = left[len(left) - count :] * (1 - ramp) + right[:count] * ramp
    return np.concatenate([left[: len(left) - count], mixed, right[count:]])


def _random(utterance: Utterance) -> np.random.Generator:
    """The same for the same utterance, whoever else is there."""
    return np.random.default_rng(int.from_bytes(sha256(utterance.id.encode()).digest()[:8], "big"))
