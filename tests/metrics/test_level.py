from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codecbench.alignment import shift
from codecbench.api import Abstain, Audio, Sample, Utterance
from codecbench.metrics.level import LevelError, RemainingDelay

RNG = np.random.default_rng(0)
SIGNAL = Audio.mono(0.1 * RNG.standard_normal(32000) * (np.arange(32000) // 4800 % 2), 16000)


def sample(decoded: Audio, raw: Audio) -> Sample:
    return Sample(Utterance("u", Path("u.wav")), SIGNAL, decoded, raw)


@pytest.mark.parametrize("gain_db", [-20.0, -1.0, 0.0, 6.0])
def test_a_gain_is_its_level_error(gain_db: float) -> None:
    decoded = Audio(SIGNAL.samples * 10 ** (gain_db / 20), 16000)
    assert LevelError().score(sample(decoded, decoded)).value == pytest.approx(gain_db, abs=1e-4)


def test_noise_in_the_pauses_is_no_level_error() -> None:
    pauses = SIGNAL.samples == 0
    decoded = Audio(SIGNAL.samples + 0.1 * pauses * RNG.standard_normal(SIGNAL.samples.shape), 16000)
    assert LevelError().score(sample(decoded, decoded)).value == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("samples", [-40.0, 0.0, 8.0, 3200.5])
def test_the_delay_is_that_of_the_uncorrected_signal(samples: float) -> None:
    raw = shift(SIGNAL, -samples / 16000)
    assert RemainingDelay().score(sample(SIGNAL, raw)).value == pytest.approx(samples / 16, abs=0.005)


def test_without_a_clear_peak_the_delay_abstains() -> None:
    noise = Audio.mono(np.random.default_rng(1).standard_normal(32000), 16000)
    with pytest.raises(Abstain, match="no clear peak"):
        RemainingDelay().score(sample(noise, noise))
