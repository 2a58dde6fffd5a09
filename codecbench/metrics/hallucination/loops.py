"""Recognizer loops: Whisper may repeat a phrase until its tokens end. That is the recognizer's doing, not the codec's.

A phrase of up to `LONGEST` words that is said at least `REPEATS` times in a row, more often than in the reference, is a
loop; the words of all its copies but the first are its words.
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 12
REPEATS = 3


def find_loops(words: Sequence[str], reference: Sequence[str]) -> frozenset[int]:
    """Indices of the looped words of `words`.

    >>> sorted(find_loops("a b a b a b c".split(), "a b c".split()))
    [2, 3, 4, 5]
    >>> find_loops("no no no".split(), "no no no".split())
    frozenset()
    """
    looped: set[int] = set()
    start = 0
    while start < len(words):
        length, copies = _repetition(words, start)
        if copies >= REPEATS and copies > _most_copies(reference, words[start : start + length]):
            looped.update(range(start + length, start + length * copies))
            start += length * copies
        else:
            start += 1
    return frozenset(looped)


def _repetition(words: Sequence[str], start: int) -> tuple[int, int]:
    """The length and the number of copies of the phrase at `start` that covers most words."""
    repeats = [(length, _copies(words, start, length)) for length in range(1, LONGEST + 1)]
    return max(repeats, key=lambda pair: (pair[0] * pair[1] if pair[1] >= REPEATS else 0, -pair[0]))


def _copies(words: Sequence[str], start: int, length: int) -> int:
    phrase = list(words[start : start + length])
    copies = 0
    while len(phrase) == length and list(words[start + copies * length : start + (copies + 1) * length]) == phrase:
        copies += 1
    return copies


def _most_copies(reference: Sequence[str], phrase: Sequence[str]) -> int:
    return max((_copies(reference, n, len(phrase)) for n in _starts(reference, phrase)), default=0)


def _starts(words: Sequence[str], phrase: Sequence[str]) -> list[int]:
    return [n for n in range(len(words)) if list(words[n : n + len(phrase)]) == list(phrase)]
