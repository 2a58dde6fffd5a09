from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Audio, Sample, Utterance
from codecbench.metrics.mel import magnitudes, mel_filters
from codecbench.metrics.spectral import Lsd, MelDistance

NOISE = 0.1 * np.random.default_rng(0).standard_normal(16000)


def sample(reference: np.ndarray, decoded: np.ndarray) -> Sample:
    x, y = Audio.mono(reference, 16000), Audio.mono(decoded, 16000)
    return Sample(Utterance("u", Path("u.wav")), x, y, y)


@pytest.mark.parametrize("gain_db", [-6.0, -1.0, 3.0])
def test_a_gain_is_a_known_distance(gain_db: float) -> None:
    louder = NOISE * 10 ** (gain_db / 20)
    assert Lsd().score(sample(NOISE, louder)).value == pytest.approx(abs(gain_db), rel=1e-3)
    # Two scales, each |log10 g²|.
    assert MelDistance().score(sample(NOISE, louder)).value == pytest.approx(2 * abs(gain_db) / 10, rel=1e-3)


@pytest.mark.parametrize("metric", [Lsd(), MelDistance()])
def test_both_directions_are_equally_far(metric: Lsd | MelDistance) -> None:
    other = 0.1 * np.random.default_rng(1).standard_normal(16000)
    there, back = metric.score(sample(NOISE, other)), metric.score(sample(other, NOISE))
    assert there.value == pytest.approx(back.value)


def test_a_full_scale_sine_is_0_db_in_its_bin() -> None:
    sine = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    assert 20 * np.log10(magnitudes(sine, 512, 128)[50, 32] / 128) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(("count", "window"), [(150, 2048), (80, 512), (40, 400)])
def test_mel_filters_have_unit_area_and_none_is_empty(count: int, window: int) -> None:
    filters = mel_filters(count, window)
    assert filters.shape == (count, window // 2 + 1)
    assert (filters.sum(axis=1) > 0).all()
    # Where a triangle spans many bins its sampled area is its area.
    assert filters[-1].sum() * 16000 / window == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("count", "window"), [(150, 2048), (40, 400)])
def test_mel_filters_are_librosas(count: int, window: int) -> None:
    librosa = pytest.importorskip("librosa")
    expected = librosa.filters.mel(sr=16000, n_fft=window, n_mels=count)
    assert np.abs(mel_filters(count, window) - expected).max() < 1e-7
