"""Does a second recognizer hear the same new word in the same place?

Each recognizer is compared with itself: what it hears in the decoded and in the original, by one three-way alignment
with the reference (`codecbench.metrics.hallucination.alignment`). A word of the first's E is confirmed where the
second's E has the same word in the same place: so the second heard the right one in the original.
"""

from __future__ import annotations

from collections.abc import Sequence

from codecbench.api import Hypothesis
from codecbench.metrics.confirmed.evidence import SecondOpinion
from codecbench.metrics.hallucination.comparison import ChangedWord, compare
from codecbench.metrics.heard import Normalize


def confirm(first: Sequence[ChangedWord], second: Sequence[ChangedWord]) -> tuple[SecondOpinion, ...]:
    """One for each of `first`, in their order. Both are E against the same reference; each of `second` confirms once.

    What is at exactly the same place goes first: an insertion beside a substitution is the last resort.
    """
    left = [word for word in second if word.heard is not None]
    confirmed: set[int] = set()
    for exact in (True, False):
        for n, mine in enumerate(first):
            if n not in confirmed and (found := _match(mine, left, exact)) is not None:
                left.pop(found)
                confirmed.add(n)
    return tuple(
        SecondOpinion(
            word.operation, word.position, word.reference, word.heard.text if word.heard else None, n in confirmed
        )
        for n, word in enumerate(first)
    )


def confirm_heard(
    first: Sequence[ChangedWord], said: str, original: str, decoded: str, normalize: Normalize
) -> tuple[SecondOpinion, ...]:
    """As `confirm`, by what the second recognizer heard in original and decoded, without its own loops.

    `said` is what `first` is E against: the transcript, or without one what the first recognizer heard in the original.
    """
    return confirm(first, compare(said, Hypothesis(original), Hypothesis(decoded), normalize).errors)


def _match(mine: ChangedWord, others: Sequence[ChangedWord], exact: bool) -> int | None:
    for n, other in enumerate(others):
        same_word = mine.heard is not None and other.heard is not None and mine.heard.text == other.heard.text
        if same_word and _same_place(mine, other, exact):
            return n
    return None


def _same_place(mine: ChangedWord, other: ChangedWord, exact: bool) -> bool:
    """Where a word becomes two, alignments of equal merit differ in which of them is called inserted.

    An insertion's position is its gap's: a substitution lies between the gap of its own number and the next.
    """
    if mine.operation == other.operation:
        return mine.position == other.position
    gap, word = (mine, other) if mine.operation == "insertion" else (other, mine)
    return not exact and gap.position - word.position in (0, 1)
