from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.recognizers.features import double_precision, log_mel

pytest.importorskip("faster_whisper")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 50_000), st.floats(1e-5, 1.0))
def test_they_are_faster_whispers_to_single_precision(seed: int, samples: int, level: float) -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    theirs = FeatureExtractor()
    signal = (level * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)
    ours, expected = double_precision(theirs)(signal), theirs(signal)
    assert ours.shape == expected.shape
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, expected, atol=2e-3)
    assert np.abs(ours - expected).mean() < 1e-4


def test_the_last_bits_of_the_arithmetic_do_not_matter() -> None:
    """Of exact arithmetic, rounded once, all but a few values in a million are the same."""
    from faster_whisper.feature_extractor import FeatureExtractor

    filters = FeatureExtractor().mel_filters
    signal = np.random.default_rng(0).standard_normal(160_000).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(signal.astype(np.longdouble), 200, mode="reflect"), 400)
    window = np.hanning(401)[:-1].astype(np.longdouble)
    power = np.abs(np.fft.rfft(frames[::160][:-1] * window, axis=1)) ** 2
    log = np.log10(np.maximum(filters.astype(np.longdouble) @ power.T, 1e-10))
    exact = ((np.maximum(log, log.max() - 8) + 4) / 4).astype(np.float32)
    assert (log_mel(signal, filters, 400, 160) == exact).mean() > 0.9999
