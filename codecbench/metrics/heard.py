"""A hypothesis as normalized words, each with the recognized words it came from: their probability and their place.

The normalizer changes how many words there are ("don't" becomes "do not", "twenty five" becomes "25"), and can only be
asked for a whole text. So each recognized word is also normalized on its own, and the two strings are matched; what
lies between matches belongs together as a block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from codecbench.api import Hypothesis, Word

Normalize = Callable[[str], str]


@dataclass(frozen=True)
class HeardWord:
    """A normalized word. `start` and `end` are indices into the recognized words, half-open; empty if there are none.

    `probability` is the least of theirs, `begins` and `ends` their place in seconds; None without word evidence.
    """

    text: str
    start: int
    end: int
    probability: float | None
    begins: float | None
    ends: float | None


def heard_words(hypothesis: Hypothesis, normalize: Normalize) -> tuple[HeardWord, ...]:
    """The words of the normalized hypothesis, in order."""
    texts = normalize(hypothesis.text).split()
    singles = [(n, text) for n, word in enumerate(hypothesis.words) for text in normalize(word.text).split()]
    owners, alone = [n for n, _ in singles], [text for _, text in singles]
    words = []
    for n, start, end in _blocks(texts, alone):
        span = (owners[start], owners[end - 1] + 1) if end > start else (0, 0)
        words.append(_heard(texts[n], hypothesis.words, *span))
    return tuple(words)


def _blocks(texts: Sequence[str], alone: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """For each of `texts` its place and the range of `alone` that it shares with its block."""
    matcher = SequenceMatcher(None, texts, alone, autojunk=False)
    for tag, left, right, start, end in matcher.get_opcodes():
        for n in range(left, right):
            if tag == "equal":
                yield n, start + n - left, start + n - left + 1
            else:
                yield n, start, end


def _heard(text: str, words: Sequence[Word], start: int, end: int) -> HeardWord:
    mine = words[start:end]
    if not mine:
        return HeardWord(text, start, end, None, None, None)
    return HeardWord(text, start, end, min(word.probability for word in mine), mine[0].start, mine[-1].end)
