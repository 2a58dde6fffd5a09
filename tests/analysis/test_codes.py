from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from codecbench.analysis.codes import codebook_use
from codecbench.api import Codebook
from codecbench.store.rows import CodingRow, Status

PLAIN = (Codebook(4), Codebook(3))


def coding(
    codes: Sequence[Sequence[int]] | None, books: tuple[Codebook, ...] = PLAIN, status: Status = "ok"
) -> CodingRow:
    rows = None if codes is None else tuple(np.array(row, dtype=np.uint32) for row in codes)
    return CodingRow("k", "c", "d", "6", 6.0, "u", 0, status, codebooks=books, codes=rows)


def test_use_and_entropy_by_hand() -> None:
    first, second = codebook_use([coding([[0, 1, 2, 3], [1, 1, 1, 1]]), coding([[0, 1, 2, 3], [1, 1, 1, 1]])])
    assert (first.size, first.used, first.frames, first.entropy_bits) == (4, 4, 8, pytest.approx(2.0))
    assert (second.size, second.used, second.frames, second.entropy_bits) == (3, 1, 8, 0.0)
    assert second.full_bits == pytest.approx(np.log2(3))


def test_failed_codings_and_codecs_without_codes_do_not_count() -> None:
    assert codebook_use([coding(None), coding([[0], [0]], status="failed")]) == ()


def test_codebooks_of_several_rates_are_counted_each_by_its_own_codes() -> None:
    """SNAC's kind: one, two and four codes a frame; and two that are sent once an utterance."""
    books = (Codebook(4), Codebook(4, per_frame=2), Codebook(8, per_utterance=2))
    use = codebook_use([coding([[0, 1], [0, 1, 2, 3], [5, 7]], books)] * 3)
    assert [(one.codes, one.frames) for one in use] == [(6, 6), (12, 6), (6, 0)]
    assert [one.used for one in use] == [2, 4, 2]
    assert [one.entropy_bits for one in use] == pytest.approx([1.0, 2.0, 1.0])
