from __future__ import annotations

import numpy as np
import pytest
from codecbench_units.prosody import CepstrumGrid, PitchRange, contour, pitch_codes


def test_a_contour_comes_back_within_half_a_step() -> None:
    track = 150 * 2 ** (0.3 * np.sin(np.arange(160) / 25))
    span = PitchRange.of(track)
    assert span.mean == pytest.approx(np.log(track).mean(), abs=0.005)
    assert span.spread == pytest.approx(np.log(track).std(), abs=0.011)
    line = contour(pitch_codes(track, span, 8), span, 4)  # 8 values of 10 ms are 4 frames
    assert len(line.log_pitch) == 80
    cents = 1200 / np.log(2) * np.abs(line.log_pitch - np.log(track.reshape(-1, 2).mean(1)))
    step = 1200 / np.log(2) * span.spread * 5 / 18
    assert cents[2:-2].max() < 0.5 * step + 25  # and what straight lines between 80 ms blocks lose
    assert (line.voicing == 1).all()


def test_half_of_a_block_decides_its_voicing() -> None:
    track = np.concatenate([np.full(8, 120.0), [120.0] * 4 + [0.0] * 4, [120.0] * 3 + [0.0] * 5, np.zeros(8)])
    codes = pitch_codes(track, PitchRange.of(track), 8)
    assert (codes > 0).tolist() == [True, True, False, False]
    line = contour(codes, PitchRange.of(track), 4)
    assert line.voicing[0] == 1
    assert line.voicing[-1] == 0
    assert np.allclose(np.exp(line.log_pitch), 120, rtol=0.02)  # it goes on through what is unvoiced


def test_without_a_voiced_frame_there_is_a_middle_voice() -> None:
    span = PitchRange.of(np.zeros(16))
    line = contour(pitch_codes(np.zeros(16), span, 8), span, 4)
    assert np.exp(line.log_pitch) == pytest.approx(140, rel=0.01)
    assert not line.voicing.any()


def test_the_speaker_vector_is_within_half_a_step_of_the_grid() -> None:
    grid = CepstrumGrid(np.full(24, -3.0), np.full(24, 3.0))
    values = np.random.default_rng(0).uniform(-3, 3, 24)
    assert np.abs(grid.values(grid.codes(values)) * 3 - values).max() <= 3 / 63 + 1e-12
    assert grid.codes(np.full(24, 99.0)).tolist() == [63] * 24
