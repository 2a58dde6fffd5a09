"""Two strings of phones, one under the other: fewest edits, and among those the least articulatory distance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.metrics.phonemes.features import PHONES, differing_features

GAP = "-"
_EDIT = 1_000_000
"""Outweighs any sum of differing features."""


@dataclass(frozen=True)
class PhoneAlignment:
    """Equally long strings; `GAP` stands in `decoded` for a deletion and in `original` for an insertion."""

    original: str
    decoded: str

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(zip(self.original, self.decoded, strict=True))

    @property
    def substitutions(self) -> int:
        return sum(a != b and GAP not in (a, b) for a, b in self)

    @property
    def deletions(self) -> int:
        return self.decoded.count(GAP)

    @property
    def insertions(self) -> int:
        return self.original.count(GAP)

    @property
    def edits(self) -> int:
        return self.substitutions + self.deletions + self.insertions


def align_phones(original: str, decoded: str) -> PhoneAlignment:
    """The alignment with the fewest edits (Levenshtein); ties go to the least sum of differing features.

    Raises:
        KeyError: a character is no phone.
    """
    costs = _costs(original, decoded)  # [len(original) + 1, len(decoded) + 1]
    i, j = len(original), len(decoded)
    upper, lower = [], []
    while i or j:
        here = costs[i, j]
        if i and j and here == costs[i - 1, j - 1] + _substitution(original[i - 1], decoded[j - 1]):
            i, j = i - 1, j - 1
            upper.append(original[i])
            lower.append(decoded[j])
        elif i and here == costs[i - 1, j] + _EDIT:
            i -= 1
            upper.append(original[i])
            lower.append(GAP)
        else:
            j -= 1
            upper.append(GAP)
            lower.append(decoded[j])
    return PhoneAlignment("".join(reversed(upper)), "".join(reversed(lower)))


def _substitution(first: str, second: str) -> int:
    return 0 if first == second else _EDIT + differing_features(first, second)


_SUBSTITUTIONS = np.array([[_substitution(a, b) for b in PHONES] for a in PHONES], dtype=np.int64)
_INDEX = {phone: number for number, phone in enumerate(PHONES)}


def _costs(original: str, decoded: str) -> NDArray[np.int64]:
    columns = np.array([_INDEX[phone] for phone in decoded], dtype=np.int64)
    steps = _EDIT * np.arange(len(decoded) + 1, dtype=np.int64)
    table = np.empty((len(original) + 1, len(decoded) + 1), dtype=np.int64)
    table[0] = steps
    for row, phone in enumerate(original, start=1):
        reached = table[row - 1] + _EDIT
        reached[1:] = np.minimum(reached[1:], table[row - 1, :-1] + _SUBSTITUTIONS[_INDEX[phone], columns])
        # Insertions run along the row: a running minimum after taking off what each step costs.
        table[row] = np.minimum.accumulate(reached - steps) + steps
    return table
