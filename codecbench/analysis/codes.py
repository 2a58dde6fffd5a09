"""How a token codec uses its codebooks. Empirical entropy is a statistic here, never a bitrate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.codebooks import Codebook
from codecbench.store.rows import CodingRow


@dataclass(frozen=True)
class CodebookUse:
    """`used` of `size` entries occurred in `codes` codes of `frames` frames; `entropy_bits` of their frequencies, at
    most log2(size). A codebook whose codes are sent once an utterance has no frames.
    """

    size: int
    used: int
    frames: int
    entropy_bits: float
    codes: int

    @property
    def full_bits(self) -> float:
        return float(np.log2(self.size))


def codebook_use(codings: Sequence[CodingRow]) -> tuple[CodebookUse, ...]:
    """Per codebook over all codings that are ok; empty for codecs without codes.

    The frequency estimate is biased low where codes are few against the codebook's size.
    """
    counts: list[NDArray[np.int64]] = []
    books: tuple[Codebook, ...] = ()
    for row in codings:
        if row.status != "ok" or row.codes is None or row.codebooks is None:
            continue
        books = books or row.codebooks
        counts = counts or [np.zeros(book.size, dtype=np.int64) for book in books]
        for count, codes in zip(counts, row.codes, strict=True):  # one row [codes] a codebook
            count += np.bincount(np.asarray(codes, dtype=np.int64), minlength=len(count))
    return tuple(_use(book, count) for book, count in zip(books, counts, strict=True))


def _use(book: Codebook, count: NDArray[np.int64]) -> CodebookUse:
    codes = int(count.sum())
    seen = count[count > 0] / max(codes, 1)
    frames = codes // book.per_frame if book.per_frame else 0
    return CodebookUse(book.size, len(seen), frames, float(-np.sum(seen * np.log2(seen))) + 0.0, codes)
