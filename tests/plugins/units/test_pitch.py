from __future__ import annotations

import numpy as np
import pytest
from codecbench_units.pitch import PITCH_HOP, track_pitch

RATE = 16000


def voice(hertz: np.ndarray, harmonics: int = 12) -> np.ndarray:
    """A buzz whose harmonics fall by 6 dB an octave."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    return 0.2 * sum(np.sin(n * phase) / n for n in range(1, harmonics + 1)).astype(np.float32)


@pytest.mark.parametrize("hertz", [70, 100, 160, 240, 330, 450])
def test_a_steady_voice_is_found_within_a_step(hertz: float) -> None:
    """Steps are 25 cents."""
    track = track_pitch(voice(np.full(RATE, float(hertz))))
    middle = track[10:-10]
    assert (middle > 0).all()
    assert np.abs(1200 * np.log2(middle / hertz)).max() < 30


def test_a_glide_is_followed() -> None:
    hertz = np.geomspace(100, 200, 2 * RATE)
    track = track_pitch(voice(hertz))
    wanted = hertz[PITCH_HOP // 2 :: PITCH_HOP]
    assert np.abs(1200 * np.log2(track[10:-10] / wanted[10:-10])).max() < 60


def test_what_has_no_pitch_is_unvoiced() -> None:
    rng = np.random.default_rng(0)
    assert (track_pitch(0.1 * rng.standard_normal(RATE).astype(np.float32)) > 0).mean() < 0.1
    assert not track_pitch(np.zeros(RATE, np.float32)).any()
    silent = np.concatenate([voice(np.full(RATE, 150.0)), np.zeros(RATE, np.float32)])
    assert not track_pitch(silent)[110:].any()


@pytest.mark.parametrize("samples", [0, 1, 159, 160, 161, 700])
def test_every_length_has_a_value_each_10_ms(samples: int) -> None:
    assert len(track_pitch(voice(np.full(max(1, samples), 120.0))[:samples])) == -(-samples // PITCH_HOP)
