from __future__ import annotations

import numpy as np
import pytest

from codecbench.metrics.mel import hann, magnitudes, mel_filters


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


def test_frames_are_centred_and_silence_is_none() -> None:
    click = np.zeros(1600)
    click[800] = 1.0
    spectrum = magnitudes(click, 400, 160)
    assert spectrum.shape == (11, 201)
    assert spectrum[5] == pytest.approx(np.ones(201))  # centred on the click: the window's top, whole
    assert not spectrum[:3].any()
    assert not magnitudes(np.zeros(500), 400, 160).any()


def test_the_window_is_periodic() -> None:
    assert hann(400) + np.roll(hann(400), 200) == pytest.approx(np.ones(400))
