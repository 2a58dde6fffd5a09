"""Words to phones, offline: the American English lexicon and letter-to-sound net of the package hibari-tts.

hibari-tts 0.2 (Apache-2.0) holds misaki's lexicon (Apache-2.0, 180,000 entries), reads numbers and abbreviations, and
sounds out what the lexicon lacks. It also ships a voice, of which nothing is used.

Each word is read on its own, so that its phones never depend on its neighbours: "read" is the same word on both sides
of a comparison. Allophones are folded into their phoneme (a flapped or glottal t is a t) and stress is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from codecbench.api import Unavailable
from codecbench.metrics.phonemes.features import PHONES

PACKAGE = "hibari-tts"
FOLDED = {"T": "t", "ɾ": "t", "ʔ": "t", "ᵊ": "ə", "ɐ": "ə", "ᵻ": "ɪ", "ɚ": "ə", "g": "ɡ"}
LONGEST_NUMBER = 15
"""Digits. A recognizer's loop writes longer ones, which the package cannot name: they are read digit by digit."""
_WORD = re.compile(r"[$£€]?\d+(?:[.,:]\d+)*(?:%|st\b|nd\b|rd\b|th\b)?|[^\W\d_]+(?:['’][^\W\d_]+)*")


@cache
def lexicon_id() -> str:
    """E.g. `hibari-tts@0.2.1`; `missing` in place of the version where the package is not installed."""
    try:
        return f"{PACKAGE}@{version(PACKAGE)}"
    except PackageNotFoundError:
        return f"{PACKAGE}@missing"


@dataclass(frozen=True)
class SpokenWord:
    """A word and its phones, one character each; no phones for what cannot be spoken."""

    text: str
    phones: str


class Pronouncer:
    """Raises Unavailable where the package is not installed."""

    def __init__(self) -> None:
        try:
            from hibari.g2p import G2P
        except ImportError as error:
            raise Unavailable(f"phones need {PACKAGE} ({error}): pip install 'codecbench[phonemes]'") from error
        self._read: Any = G2P()
        self._known: dict[str, str] = {}

    def words(self, text: str) -> list[SpokenWord]:
        """The words of `text` as it would be spoken, case and punctuation aside."""
        return [SpokenWord(word, self.phones(word)) for word in split_words(text)]

    def phones(self, word: str) -> str:
        """The phones of one word; empty for one that has no sound in English (a foreign script, a sign)."""
        if word not in self._known:
            digits = re.findall(r"\d", word)
            spoken = [word] if len(digits) <= LONGEST_NUMBER else digits
            symbols = (FOLDED.get(symbol, symbol) for part in spoken for symbol in str(self._read(part)))
            self._known[word] = "".join(symbol for symbol in symbols if symbol in PHONES)
        return self._known[word]


def split_words(text: str) -> list[str]:
    """Lower-cased words and numbers; hyphens separate.

    >>> split_words("Well-known: Mr. O'Brien paid $5, or 1,000.50, the 4th.")
    ['well', 'known', 'mr', "o'brien", 'paid', '$5', 'or', '1,000.50', 'the', '4th']
    """
    return _WORD.findall(text.lower())
