from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Abstain, Audio, Sample, Utterance
from codecbench.metrics.correlation import Correlation

RNG = np.random.default_rng(0)
SPEECH, NOISE = RNG.standard_normal(4000), RNG.standard_normal(4000)


def correlation(reference: np.ndarray, decoded: np.ndarray) -> float:
    x, y = Audio.mono(reference, 16000), Audio.mono(decoded, 16000)
    return Correlation().score(Sample(Utterance("u", Path("u.wav")), x, y, y)).value


@given(st.floats(1e-2, 1e2), st.sampled_from([-1, 1]))
def test_it_sees_polarity_and_is_blind_to_gain(gain: float, sign: int) -> None:
    assert correlation(SPEECH, sign * gain * SPEECH) == pytest.approx(sign, abs=1e-6)


def test_noise_of_equal_power_takes_it_to_the_root_of_a_half() -> None:
    noise = NOISE - SPEECH * np.dot(NOISE, SPEECH) / np.dot(SPEECH, SPEECH)
    noise *= np.linalg.norm(SPEECH) / np.linalg.norm(noise)
    assert correlation(SPEECH, SPEECH + noise) == pytest.approx(0.5**0.5, abs=1e-5)


def test_silence_has_no_polarity() -> None:
    with pytest.raises(Abstain, match="silence has no polarity"):
        correlation(SPEECH, np.zeros(4000))
