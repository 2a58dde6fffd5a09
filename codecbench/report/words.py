"""Where a hypothesis differs from a transcript, for reading. The figures come from the metric, not from here."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

PUNCTUATION = '.,;:!?"“”()[]…–—'


@dataclass(frozen=True)
class Piece:
    """Consecutive words that were heard right (`same`), heard wrong or in addition (`changed`), or lost (`lost`)."""

    kind: Literal["same", "changed", "lost"]
    text: str


def mark_changes(transcript: str, hypothesis: str) -> tuple[Piece, ...]:
    """The hypothesis in pieces, lost words in between; case and punctuation are not changes.

    >>> [(piece.kind, piece.text) for piece in mark_changes("The cat sat.", "the bat sat down")]
    [('same', 'the'), ('lost', 'cat'), ('changed', 'bat'), ('same', 'sat'), ('changed', 'down')]
    """
    said, heard = transcript.split(), hypothesis.split()
    matcher = SequenceMatcher(None, [*map(_plain, said)], [*map(_plain, heard)], autojunk=False)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", " ".join(heard[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece("lost", " ".join(said[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("changed", " ".join(heard[j1:j2])))
    return tuple(pieces)


def _plain(word: str) -> str:
    return word.lower().strip(PUNCTUATION) or word
