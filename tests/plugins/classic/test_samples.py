from __future__ import annotations

import numpy as np
import pytest
from codecbench_classic.samples import mono_samples, quantize
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Audio, CodecCard, OperatingPoint

CARD = CodecCard("c", 8000, (OperatingPoint(1.0),))


@pytest.mark.parametrize(("audio", "what"), [
    (Audio.mono(np.zeros(5), 16000), "16000 Hz"), (Audio(np.zeros((2, 5)), 8000), "2 channels"),
    (Audio.mono(np.zeros(0), 8000), "no sample"), (Audio.mono(np.array([np.nan]), 8000), "NaN or infinity"),
])  # fmt: skip
def test_what_does_not_fit_is_told(audio: Audio, what: str) -> None:
    with pytest.raises(ValueError, match=f"c takes finite mono audio at 8000 Hz, got {what}"):
        mono_samples(audio, CARD)


@given(st.integers(2, 16), st.floats(-4, 4, width=32))
def test_integers_are_nearest_and_within_their_bits(bits: int, value: float) -> None:
    scale = 2 ** (bits - 1)
    (found,) = quantize(np.float32([value]), bits)
    assert -scale <= found <= scale - 1
    if -1 <= value <= 1 - 1 / scale:
        assert abs(found - value * scale) <= 0.5
