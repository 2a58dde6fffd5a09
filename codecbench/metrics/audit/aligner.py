"""Forced alignment by PocketSphinx: how well a text fits a sound, frame by frame, by its acoustic model alone.

Two passes, as `pocketsphinx_main align` takes them: words, then the states of their phones. All senones are scored in
each frame, so that a frame's scores are relative to the same best one whatever the text. A score counts 1024 steps of
log base 1.0001 (`SENSCR_SHIFT` in PocketSphinx's `hmm.h`, `logbase` in its configuration): 0.1024 nats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.api import Audio
from codecbench.metrics.phonemes.pronounce import Pronouncer
from codecbench.recognizers.hearing import checked_samples
from codecbench.recognizers.sphinx import ACOUSTIC, FRAME_S, as_pcm, decode, is_word, load_decoder, plain

NATS = 1024 * math.log(1.0001)
SETTINGS = {**ACOUSTIC, "compallsen": True}

CMU = {
    "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "ɡ": "G", "ʧ": "CH", "ʤ": "JH", "f": "F", "v": "V", "θ": "TH",
    "ð": "DH", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH", "m": "M", "n": "N", "ŋ": "NG", "l": "L", "ɹ": "R",
    "j": "Y", "w": "W", "i": "IY", "ɪ": "IH", "ɛ": "EH", "æ": "AE", "ə": "AH", "ɜ": "ER", "ʌ": "AH", "ɑ": "AA",
    "ɔ": "AO", "ʊ": "UH", "u": "UW", "A": "EY", "I": "AY", "Y": "OY", "W": "AW", "O": "OW",
}  # fmt: skip
"""Phones of `codecbench.metrics.phonemes.features` as the CMU Pronouncing Dictionary writes them."""


class NotAlignedError(Exception):
    """The search found no way through the text, or none that ends with it."""


@dataclass(frozen=True)
class AlignedWord:
    """Its place in seconds and its score in nats, relative to the best that any sound would have reached there."""

    text: str
    begins: float
    ends: float
    nats: float


@dataclass(frozen=True)
class Alignment:
    """`nats` is of the whole utterance, its pauses included."""

    words: tuple[AlignedWord, ...]
    nats: float


class Aligner:
    """Raises Unavailable where pocketsphinx, or what reads words that its dictionary lacks, is not installed."""

    def __init__(self) -> None:
        self._pronouncer = Pronouncer()
        self._decoder: Any = load_decoder(lm=None, **SETTINGS)
        self._listed: dict[str, bool] = {}

    def lists(self, word: str) -> bool:
        """Whether the dictionary itself has `word`, lower case."""
        if word not in self._listed:
            self._listed[word] = self._decoder.lookup_word(word) is not None
        return self._listed[word]

    def align(self, audio: Audio, words: Sequence[str]) -> Alignment:
        """`audio`, mono at 16 kHz, against `words`, lower case; what the dictionary lacks is read out (names, numbers).

        Raises:
            NotAlignedError: says in half a line why not.
        """
        self._learn(words)
        pcm = as_pcm(checked_samples(audio))
        try:
            self._decoder.set_align_text(" ".join(words))
            decode(self._decoder, pcm)
            self._decoder.set_alignment()
            decode(self._decoder, pcm)
            pieces = [(p.name, p.start, p.duration, p.score) for p in self._decoder.get_alignment() or ()]
        except RuntimeError as error:
            self._decoder = load_decoder(lm=None, **SETTINGS)  # what a broken search leaves behind is nobody's promise
            raise NotAlignedError("the text could not be aligned with the sound") from error
        aligned = tuple(
            AlignedWord(plain(name), start * FRAME_S, (start + duration) * FRAME_S, score * NATS)
            for name, start, duration, score in pieces
            if is_word(name)
        )
        # It may stop on the way without a word.
        if [word.text for word in aligned] != list(words):
            raise NotAlignedError(f"only {len(aligned)} of {len(words)} words could be aligned with the sound")
        return Alignment(aligned, sum(score for *_, score in pieces) * NATS)

    def _learn(self, words: Sequence[str]) -> None:
        for word in words:
            self.lists(word)
            if self._decoder.lookup_word(word) is None:
                phones = cmu_phones(self._pronouncer.phones(word))
                if not phones:
                    raise NotAlignedError(f"'{word}' has no pronunciation")
                self._decoder.add_word(word, " ".join(phones), True)


def cmu_phones(phones: str) -> list[str]:
    """Phones of `Pronouncer` in the dictionary's letters, which have one for a vowel with its r.

    >>> cmu_phones("θɜɹti")
    ['TH', 'ER', 'T', 'IY']
    """
    return [CMU[phone] for phone in phones.replace("ɜɹ", "ɜ").replace("əɹ", "ɜ")]
