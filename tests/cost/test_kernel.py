from __future__ import annotations

import numpy as np
import pytest

from codecbench.cost import kernel


def test_the_shortest_block_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = iter([0.03, 0.01, 0.02])
    monkeypatch.setattr(kernel, "_block", lambda matrix: next(blocks))
    assert kernel.kernel_seconds() == 0.01


def test_it_computes_what_takes_the_same_work_each_time() -> None:
    assert kernel.kernel_seconds() > 0
    matrix = np.full((kernel.SIZE, kernel.SIZE), 1 / kernel.SIZE, dtype=np.float32)
    assert np.allclose(matrix @ matrix, matrix)  # neither overflows nor fades into denormals, which are slow


def test_how_far_times_are_apart() -> None:
    assert kernel.moved([2.0, 3.0, 2.5]) == pytest.approx(0.5)
    assert kernel.moved([2.0]) == 0
