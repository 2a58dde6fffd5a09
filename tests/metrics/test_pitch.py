from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_samples import RATE, eval_signals, paired

from codecbench.api import Abstain, Score, Unavailable
from codecbench.metrics.pitch import PitchErrors, PitchRange

pytest.importorskip("swift_f0")


@pytest.fixture(scope="module")
def metric() -> PitchErrors:
    return PitchErrors()


def voice(hertz: Any, seconds: float = 2.0) -> Any:
    """Harmonics of a pitch, constant or of each sample."""
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, round(seconds * RATE))) / RATE
    return 0.1 * sum(np.sin(k * phase) / k for k in range(1, 12))


def values(metric: PitchErrors, reference: Any, decoded: Any) -> list[float]:
    scores = metric.score_all(paired(reference, decoded)).values()
    assert all(isinstance(score, Score) for score in scores)
    return [score.value for score in scores if isinstance(score, Score)]  # voicing, RMSE, gross


def test_a_copy_has_no_error(metric: PitchErrors, shared: Path) -> None:
    clip = eval_signals(shared, 1)[0]
    assert values(metric, clip, clip) == [0, 0, 0]


@pytest.mark.parametrize("cents", [50, 300])
def test_a_shift_is_measured_in_cents_and_is_gross_from_20_per_cent_on(metric: PitchErrors, cents: int) -> None:
    shifted = 150 * 2 ** (cents / 1200)
    voicing, rmse, gross = values(metric, voice(150), voice(shifted))
    assert rmse == pytest.approx(cents, abs=8)
    assert gross == pytest.approx(0, abs=0.02)
    assert voicing < 0.05


def test_an_octave_in_a_quarter_of_the_time_is_a_gross_error(metric: PitchErrors) -> None:
    hertz = np.full(4 * RATE, 140.0)
    hertz[RATE : 2 * RATE] = 280.0
    _, rmse, gross = values(metric, voice(140, 4), voice(hertz, 4))
    assert gross == pytest.approx(0.25, abs=0.03)
    assert rmse == pytest.approx(1200 * np.sqrt(gross), rel=0.06)


def test_half_of_the_voice_replaced_by_noise_is_a_voicing_error(metric: PitchErrors) -> None:
    decoded = voice(150)
    decoded[RATE:] = 0.05 * np.random.default_rng(0).standard_normal(RATE)
    voicing, _, gross = values(metric, voice(150), decoded)
    assert voicing == pytest.approx(0.5, abs=0.05)
    assert gross == pytest.approx(0, abs=0.03)


def test_noise_as_an_original_has_no_figure(metric: PitchErrors) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(2 * RATE)
    with pytest.raises(Abstain, match="voiced frames of 16 ms, needs 16"):
        metric.score_all(paired(noise, noise))


def test_a_decoded_signal_without_voice_has_a_voicing_error_alone(metric: PitchErrors) -> None:
    scores = metric.score_all(paired(voice(150), np.zeros(2 * RATE)))
    assert scores["voicing_error"].value > 0.9  # type: ignore[union-attr]
    for name in ("f0_rmse_cents", "gross_pitch_error"):
        assert isinstance(scores[name], Abstain)
        assert "0 frames of 16 ms are voiced in both" in str(scores[name])


def test_what_was_prepared_is_taken(metric: PitchErrors) -> None:
    sample = paired(voice(150), voice(160))
    again = paired(voice(150), voice(160), prepared=metric.prepare(sample.reference))
    assert metric.score_all(sample) == metric.score_all(again)


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "swift_f0", None)
    with pytest.raises(Unavailable, match=r"pip install 'codecbench\[f0\]'"):
        PitchErrors()


def test_the_range_of_a_voice_in_semitones() -> None:
    """A glide over an octave, steady in pitch per second: 90 % of it lie between the 5th and the 95th percentile."""
    metric, glide = PitchRange(), voice(100 * 2 ** np.linspace(0, 1, 4 * RATE), 4.0)
    score = metric.score(paired(glide, glide))
    assert score.value == pytest.approx(10.8, abs=0.4)
    assert score.detail["median_hz"] == pytest.approx(141, rel=0.03)
    steady = voice(150.0)
    assert metric.score(paired(glide[: len(steady)], steady)).value < 0.3
    with pytest.raises(Abstain, match="0 voiced frames of 16 ms, needs 16"):
        metric.score(paired(steady, np.zeros(len(steady))))
