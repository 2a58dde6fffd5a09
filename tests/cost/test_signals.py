from __future__ import annotations

import numpy as np
import pytest

from codecbench.cost.signals import PEAK, speech_like


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
@pytest.mark.parametrize("samples", [1, 1000, 24001])
def test_speech_like_signals_have_the_length_asked_for(rate: int, samples: int) -> None:
    audio = speech_like(samples, rate, 3)
    assert (audio.channels, audio.length, audio.sample_rate) == (1, samples, rate)
    assert np.isfinite(audio.samples).all()
    assert np.abs(audio.samples).max() <= PEAK + 1e-6
    np.testing.assert_array_equal(audio.samples, speech_like(samples, rate, 3).samples)


def test_seeds_differ_and_no_piece_is_silent() -> None:
    one, other = (speech_like(16000, 16000, seed).samples[0] for seed in (0, 1))
    assert not np.array_equal(one, other)
    assert all(np.abs(piece).max() > 1e-3 for piece in np.split(one, 50))
