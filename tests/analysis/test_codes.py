from __future__ import annotations

import numpy as np
import pytest

from codecbench.analysis.codes import codebook_use
from codecbench.store.rows import CodingRow


def coding(codes: object, sizes: tuple[int, ...] = (4, 3), status: str = "ok") -> CodingRow:
    array = None if codes is None else np.array(codes, dtype=np.uint32)
    return CodingRow("k", "c", "d", "6", 6.0, "u", 0, status, codebook_sizes=sizes, codes=array)  # type: ignore[arg-type]


def test_use_and_entropy_by_hand() -> None:
    first, second = codebook_use([coding([[0, 1, 2, 3], [1, 1, 1, 1]]), coding([[0, 1, 2, 3], [1, 1, 1, 1]])])
    assert (first.size, first.used, first.frames, first.entropy_bits) == (4, 4, 8, pytest.approx(2.0))
    assert (second.size, second.used, second.frames, second.entropy_bits) == (3, 1, 8, 0.0)
    assert second.full_bits == pytest.approx(np.log2(3))


def test_failed_codings_and_codecs_without_codes_do_not_count() -> None:
    assert codebook_use([coding(None), coding([[0], [0]], status="failed")]) == ()
