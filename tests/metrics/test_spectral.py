from __future__ import annotations

import numpy as np
import pytest
from degraded_speech import CHANGES, degraded, sample_of
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Audio, Sample
from codecbench.metrics.mel import magnitudes, mel_filters
from codecbench.metrics.spectral import (
    CARDS,
    LSD_CARD,
    LSD_FLOOR_DB,
    LSD_HOP,
    LSD_WINDOW,
    MEL_CARD,
    MEL_FLOOR,
    MEL_SCALES,
    SpectralDistances,
)

RATE = 16000
NOISE = 0.1 * np.random.default_rng(0).standard_normal(16000)


def sample(reference: np.ndarray, decoded: np.ndarray) -> Sample:
    return sample_of(Audio.mono(reference, RATE), Audio.mono(decoded, RATE))


def values(sample: Sample) -> dict[str, float]:
    return {name: score.value for name, score in SpectralDistances().score_all(sample).items()}


def each_alone(sample: Sample) -> dict[str, float]:
    """Both by their definition, each with spectra of its own."""
    x, y = (audio.samples[0].astype(np.float64) for audio in (sample.reference, sample.decoded))
    mel = 0.0
    for window, bands in MEL_SCALES:
        powers = [magnitudes(signal, window, window // 4) @ mel_filters(bands, window).T for signal in (x, y)]
        logarithms = [2 * np.log10(np.maximum(power, MEL_FLOOR)) for power in powers]
        mel += np.abs(logarithms[0] - logarithms[1]).mean()
    amplitudes = [magnitudes(signal, LSD_WINDOW, LSD_HOP) / (LSD_WINDOW / 4) for signal in (x, y)]
    decibels = [20 * np.log10(np.maximum(amplitude, 10 ** (LSD_FLOOR_DB / 20))) for amplitude in amplitudes]
    lsd = np.sqrt(np.square(decibels[0] - decibels[1]).mean(axis=1)).mean()
    return {MEL_CARD.id: float(mel), LSD_CARD.id: float(lsd)}


@pytest.mark.parametrize("change", CHANGES)
def test_what_they_share_changes_no_bit(change: str) -> None:
    for one in degraded(change):
        assert values(one) == each_alone(one)


@settings(deadline=None, max_examples=25)
@given(seconds=st.floats(0.128, 2.0), gain=st.floats(0.0, 4.0), seed=st.integers(0, 2**32 - 1))
def test_of_any_signal_they_are_what_each_is_alone(seconds: float, gain: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    signal = 0.1 * rng.standard_normal(int(np.ceil(seconds * RATE)))
    one = sample(signal, gain * np.roll(signal, seed % 100))
    assert values(one) == each_alone(one)


@pytest.mark.parametrize("gain_db", [-6.0, -1.0, 3.0])
def test_a_gain_is_a_known_distance(gain_db: float) -> None:
    found = values(sample(NOISE, NOISE * 10 ** (gain_db / 20)))
    assert found[LSD_CARD.id] == pytest.approx(abs(gain_db), rel=1e-3)
    # Two scales, each |log10 g²|.
    assert found[MEL_CARD.id] == pytest.approx(2 * abs(gain_db) / 10, rel=1e-3)


@pytest.mark.parametrize("name", [card.id for card in CARDS])
def test_both_directions_are_equally_far(name: str) -> None:
    other = 0.1 * np.random.default_rng(1).standard_normal(16000)
    assert values(sample(NOISE, other))[name] == pytest.approx(values(sample(other, NOISE))[name])
