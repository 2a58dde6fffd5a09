from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import Audio
from codecbench.recognizers.hearing import checked_samples


def test_mono_at_16_khz_is_taken_as_it_is() -> None:
    samples = np.linspace(-1, 1, 50, dtype=np.float32)
    assert checked_samples(Audio.mono(samples, 16000)).tolist() == samples.tolist()


@pytest.mark.parametrize(("audio", "message"), [
    (Audio.mono(np.zeros(5), 8000), "takes mono at 16000 Hz, got 1 at 8000 Hz"),
    (Audio(np.zeros((2, 5)), 16000), "takes mono at 16000 Hz, got 2 at 16000 Hz"),
    (Audio.mono(np.array([0, np.nan]), 16000), "NaN or infinite"),
    (Audio.mono(np.array([0, -np.inf]), 16000), "NaN or infinite"),
])  # fmt: skip
def test_anything_else_is_refused(audio: Audio, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        checked_samples(audio)
