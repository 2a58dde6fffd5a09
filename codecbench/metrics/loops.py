"""Recognizer loops: Whisper may repeat a phrase until its tokens end. That is the recognizer's doing, not the codec's.

A phrase of up to `LONGEST` words that is said at least `REPEATS` times in a row, more often than in the reference, is
a loop; the words of all its copies but the first are its words, and at the end of the text those of a copy that breaks
off. They are cut before anything is counted: one utterance with 200 added words would outweigh a corpus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.api import Hypothesis
from codecbench.metrics.heard import Normalize, heard_words

LONGEST = 12
REPEATS = 3

PARAMETERS: Mapping[str, Any] = {"loop_words": LONGEST, "loop_repeats": REPEATS}
"""Of every metric that counts words: they can change its score."""


@dataclass(frozen=True)
class HeardPair:
    """What was heard in original and decoded, without loops; `looped` counts the words that were cut of the decoded."""

    original: Hypothesis
    decoded: Hypothesis
    looped: int


def cut_loops(transcript: str | None, original: Hypothesis, decoded: Hypothesis, normalize: Normalize) -> HeardPair:
    """Both hypotheses without loops. `transcript`, not normalized, is what they may repeat; without one what was heard
    in the original is: nothing says then that the original loops.
    """
    if transcript is not None:
        original, _ = _without_loops(original, normalize(transcript).split(), normalize)
    reference = normalize(original.text if transcript is None else transcript).split()
    decoded, looped = _without_loops(decoded, reference, normalize)
    return HeardPair(original, decoded, looped)


def cut_decoded(transcript: str, decoded: Hypothesis, normalize: Normalize) -> tuple[Hypothesis, int]:
    """As `cut_loops` of the decoded alone: the hypothesis without loops, and how many words were cut."""
    return _without_loops(decoded, normalize(transcript).split(), normalize)


def _without_loops(hypothesis: Hypothesis, reference: Sequence[str], normalize: Normalize) -> tuple[Hypothesis, int]:
    """The hypothesis without its looped words, and how many they are. Unchanged where there are none."""
    looped = find_loops(normalize(hypothesis.text).split(), reference)
    if not looped:
        return hypothesis, 0
    heard = heard_words(hypothesis, normalize)  # normalizes every word: only where there is something to cut
    if not hypothesis.words:
        return Hypothesis(" ".join(word.text for n, word in enumerate(heard) if n not in looped)), len(looped)
    kept = {at for n, word in enumerate(heard) if n not in looped for at in range(word.start, word.end)}
    gone = {at for n in looped for at in range(heard[n].start, heard[n].end)} - kept
    words = tuple(word for at, word in enumerate(hypothesis.words) if at not in gone)
    return Hypothesis(" ".join(word.text for word in words), words), len(looped)


def find_loops(words: Sequence[str], reference: Sequence[str]) -> frozenset[int]:
    """Indices of the looped words of `words`.

    >>> sorted(find_loops("a b a b a b c".split(), "a b c".split()))
    [2, 3, 4, 5]
    >>> sorted(find_loops("a b a b a b a".split(), "a b c".split()))
    [2, 3, 4, 5, 6]
    >>> find_loops("no no no".split(), "no no no".split())
    frozenset()
    """
    looped: set[int] = set()
    start = 0
    while start < len(words):
        length, copies = _repetition(words, start)
        phrase = words[start : start + length]
        if copies >= REPEATS and copies > _most_copies(reference, phrase):
            end = start + length * copies
            rest = words[end:]
            if list(rest) == list(phrase[: len(rest)]):  # the recognizer's tokens ended within a copy
                end = len(words)
            looped.update(range(start + length, end))
            start = end
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
