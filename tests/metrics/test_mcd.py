from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_samples import RATE, eval_signals, paired

from codecbench import degradations
from codecbench.api import Abstain
from codecbench.metrics.mcd import MelCepstralDistortion, _cepstra


def mcd(reference: Any, decoded: Any) -> float:
    return MelCepstralDistortion().score(paired(reference, decoded)).value


@pytest.fixture(scope="module")
def clip(shared: Path) -> Any:
    return eval_signals(shared, 1)[0]


def test_a_copy_at_any_level_has_none(clip: Any) -> None:
    assert mcd(clip, clip) == 0
    assert mcd(clip, 0.5 * clip) == pytest.approx(0, abs=1e-6)


def test_it_is_the_rms_of_a_difference_in_db_over_the_mel_axis() -> None:
    """A cosine of 6 dB over the bands has an RMS of 6 / √2 dB, whatever the spectrum below it."""
    bands = np.arange(80)
    flat = np.ones((1, 80))
    tilted = flat * 10 ** (6 * np.cos(np.pi * 3 * (bands + 0.5) / 80) / 20)
    active = np.ones(1, bool)
    difference = _cepstra(tilted, active) - _cepstra(flat, active)
    assert 10 / np.log(10) * np.sqrt(2 * np.square(difference).sum()) == pytest.approx(6 / np.sqrt(2), rel=1e-6)


def test_noise_and_a_narrower_band_raise_it_and_more_of_it_more(clip: Any) -> None:
    noise = [mcd(clip, degradations.with_noise(clip, snr, np.random.default_rng(0))) for snr in (30, 20, 10)]
    assert noise == sorted(noise)
    assert noise[0] > 0.5
    assert mcd(clip, degradations.low_passed(clip, 2000, RATE)) > mcd(clip, degradations.low_passed(clip, 4000, RATE))


def test_silence_has_no_figure_and_a_silent_decoded_one_is_far_off(clip: Any) -> None:
    with pytest.raises(Abstain, match="the original is silent"):
        mcd(np.zeros(RATE), clip[:RATE])
    assert mcd(clip, np.zeros_like(clip)) > 5
