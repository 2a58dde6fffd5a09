"""How a token codec uses its codebooks. Empirical entropy is a statistic here, never a bitrate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.store.rows import CodingRow


@dataclass(frozen=True)
class Codebook:
    """`used` of `size` entries occurred in `frames` codes; `entropy_bits` of their frequencies, at most log2(size)."""

    size: int
    used: int
    frames: int
    entropy_bits: float

    @property
    def full_bits(self) -> float:
        return float(np.log2(self.size))


def codebook_use(codings: Sequence[CodingRow]) -> tuple[Codebook, ...]:
    """Per codebook over all codings that are ok; empty for codecs without codes.

    The frequency estimate is biased low where frames are few against the codebook's size.
    """
    counts: list[NDArray[np.int64]] = []
    sizes: tuple[int, ...] = ()
    for row in codings:
        if row.status != "ok" or row.codes is None or row.codebook_sizes is None:
            continue
        sizes = sizes or row.codebook_sizes
        counts = counts or [np.zeros(size, dtype=np.int64) for size in sizes]
        for count, codes in zip(counts, np.asarray(row.codes), strict=True):  # codes [codebooks, frames]
            count += np.bincount(np.asarray(codes, dtype=np.int64), minlength=len(count))
    return tuple(_codebook(size, count) for size, count in zip(sizes, counts, strict=True))


def _codebook(size: int, count: NDArray[np.int64]) -> Codebook:
    frames = int(count.sum())
    seen = count[count > 0] / max(frames, 1)
    return Codebook(size, len(seen), frames, float(-np.sum(seen * np.log2(seen))) + 0.0)
