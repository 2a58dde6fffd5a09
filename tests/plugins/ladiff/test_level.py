from __future__ import annotations

import numpy as np
import pytest
import torch
from codecbench_ladiff.level import LOWEST_DB, TARGET_DB, brought_to_level, byte_level_db, level_byte, level_db


def test_a_byte_holds_the_level_to_a_quarter_decibel() -> None:
    for level in (-95.0, -60.2, TARGET_DB, -3.0, 0.0):
        byte = level_byte(torch.full((1, 1, 100), 10 ** (level / 20)))
        assert 1 <= byte <= 255
        assert abs(byte_level_db(byte) - level) <= 0.25 + 1e-6


def test_silence_has_a_byte_of_its_own_and_the_loudest_still_one() -> None:
    assert level_byte(torch.zeros(1, 1, 50)) == 0
    assert byte_level_db(0) is None
    assert byte_level_db(1) == LOWEST_DB
    assert level_byte(torch.full((1, 1, 50), 1e4)) == 255
    assert level_db(torch.zeros(1, 1, 50)) is None


def test_each_signal_of_a_batch_is_brought_to_the_target_by_its_own_gain() -> None:
    audio = (
        torch.randn(2, 1, 4000, generator=torch.Generator().manual_seed(0)) * torch.tensor([0.01, 0.5])[:, None, None]
    )
    brought, gain = brought_to_level(audio)
    assert [level_db(one) for one in brought] == pytest.approx([TARGET_DB] * 2, abs=1e-3)
    assert torch.allclose(brought, audio * gain)
    silent, gain = brought_to_level(torch.zeros(1, 1, 100))
    assert not silent.any()
    assert np.isfinite(float(gain))
