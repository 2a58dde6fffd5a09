from __future__ import annotations

import numpy as np
import pytest
import torch
from codecbench_facodec.bands import FLOOR, LowBands

BANDS = LowBands(20, 200, 16000)


def tone(hertz: float, samples: int = 8000) -> torch.Tensor:
    return torch.from_numpy(0.1 * np.sin(2 * np.pi * hertz * np.arange(samples) / 16000)).float()[None, None]


def test_a_higher_tone_is_in_a_higher_band_and_each_frame_has_its_column() -> None:
    peaks = [int(BANDS(tone(hertz)).mean(2).argmax()) for hertz in (100, 200, 300, 400)]
    assert peaks == sorted(set(peaks))
    assert BANDS(tone(100)).shape == (1, 20, 40)


def test_a_frame_sees_its_own_place() -> None:
    burst = torch.zeros(1, 1, 8000)
    burst[..., 4000:4200] = tone(200, 200)[0]
    loudest = BANDS(burst).amax(1)[0].argmax()
    assert loudest == 20


def test_silence_is_the_floor() -> None:
    assert BANDS(torch.zeros(1, 1, 2000)).unique().tolist() == pytest.approx([np.log(FLOOR)])
