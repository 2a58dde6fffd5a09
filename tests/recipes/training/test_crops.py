"""Crops: update k of seed s is always the same; each is changed a little and stays in range."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from made_speech import voice

from recipes.training import crops as module
from recipes.training.crops import Crops, changed

SIGNALS = tuple(
    (32767 * np.clip(voice(100 + 20 * index, 1.0 + index, np.random.default_rng(index)), -1, 1)).astype(np.int16)
    for index in range(3)
)


def test_a_batch_depends_on_seed_and_update_alone() -> None:
    crops = Crops(SIGNALS, 8000, 3, seed=1)
    through = list(islice(crops.since(0), 5))
    assert np.array_equal(through[3], next(Crops(SIGNALS, 8000, 3, seed=1).since(3)))
    assert not np.array_equal(through[3], through[4])
    assert not np.array_equal(through[3], Crops(SIGNALS, 8000, 3, seed=2).batch(3))
    assert through[0].shape == (3, 1, 8000)
    assert through[0].dtype == np.float32


def test_crops_are_finite_and_in_range_even_of_clipped_or_silent_signals() -> None:
    extremes = (np.full(16000, 32767, np.int16), np.zeros(16000, np.int16), np.full(12800, -32768, np.int16))
    for update in range(60):
        batch = Crops(extremes, 12800, 4, seed=0).batch(update)
        assert batch.shape == (4, 1, 12800)
        assert np.isfinite(batch).all()
        assert np.abs(batch).max() <= 1


def test_longer_signals_are_drawn_more_often() -> None:
    crops = Crops(SIGNALS, 8000, 200, seed=0)
    assert crops.probabilities == pytest.approx([1 / 6, 2 / 6, 3 / 6], abs=0.01)


def test_each_change_happens_and_most_crops_keep_their_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    crop = voice(110, 0.8, np.random.default_rng(0)).astype(np.float32)
    rng = np.random.default_rng(0)
    likeness = np.array([np.corrcoef(crop, changed(crop, rng))[0, 1] for _ in range(400)])
    assert 0.4 < np.mean(likeness < 0) < 0.6  # polarity
    assert np.mean(np.abs(likeness) > 0.99999) > 0.7
    noisy = np.mean(np.abs(likeness) < 0.99999)
    assert 0.03 < noisy < 0.3
    monkeypatch.setattr(module, "SPEED_SHARE", 1.0)
    monkeypatch.setattr(module, "SPEEDS", (1.1, 1.1))
    monkeypatch.setattr(module, "FILTERED_SHARE", 0.0)
    monkeypatch.setattr(module, "NOISY_SHARE", 0.0)
    fast = Crops((SIGNALS[2],), 16000, 1, seed=0).batch(0)[0, 0]
    spectrum = np.abs(np.fft.rfft(fast * np.hanning(16000)))
    assert np.argmax(spectrum[: 2 * 154]) == pytest.approx(1.1 * 140, abs=2)  # one second: bins are hertz
