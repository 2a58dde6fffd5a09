from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Audio
from codecbench.degradations import butterworth, delayed, louder, low_passed, resampled_twice, rms, with_noise

NOISE = 0.1 * np.random.default_rng(0).standard_normal(16000)


def share_above(samples: np.ndarray, hertz: float) -> float:
    """Of the energy at 16 kHz."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(power[int(hertz * len(samples) / 16000) :].sum() / power.sum())


@given(st.integers(0, 60))
def test_a_delay_moves_and_cuts_and_keeps_the_length(count: int) -> None:
    samples = np.arange(1, 101, dtype=np.float32).reshape(2, 50)
    late = delayed(samples, count)
    assert (late.shape, late.dtype) == (samples.shape, samples.dtype)
    assert not late[:, :count].any()
    assert np.array_equal(late[:, count:], samples[:, : max(0, 50 - count)])


def test_a_gain_keeps_the_precision() -> None:
    single = louder(NOISE.astype(np.float32), -6.0)
    assert single.dtype == np.float32
    assert rms(single) / rms(NOISE) == pytest.approx(10 ** (-6 / 20), rel=1e-5)


def test_noise_has_the_asked_level_in_this_very_draw_only_where_measured() -> None:
    exact = with_noise(NOISE, 10.0, np.random.default_rng(1), measured=True) - NOISE
    drawn = with_noise(NOISE, 10.0, np.random.default_rng(1)) - NOISE
    assert rms(NOISE) / rms(exact) == pytest.approx(10 ** (10 / 20), rel=1e-9)
    assert rms(NOISE) / rms(drawn) == pytest.approx(10 ** (10 / 20), rel=0.05)
    assert rms(drawn) != pytest.approx(rms(exact), rel=1e-9)


def test_filters_take_out_what_is_above_and_add_no_delay() -> None:
    click = np.zeros(4001)
    click[2000] = 1.0
    for filtered in (low_passed(click, 2000, 16000), butterworth(click, 2000, 16000, 4, "lowpass")):
        assert np.abs(filtered).argmax() == 2000
        assert len(filtered) == 4001
        assert share_above(filtered, 3500) < 0.01
    high = butterworth(NOISE, 2000, 16000, 4, "highpass")
    assert share_above(high, 2000) > 0.9


@pytest.mark.parametrize("length", [16000, 15999, 123])
def test_resampling_there_and_back_keeps_the_length(length: int) -> None:
    audio = Audio.mono(NOISE[:length], 16000)
    back = resampled_twice(audio, 11025)
    assert (back.length, back.sample_rate) == (length, 16000)
