from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Abstain, Audio, Sample, Utterance
from codecbench.metrics.si_sdr import SiSdr

RNG = np.random.default_rng(0)
SPEECH, NOISE = RNG.standard_normal(4000), RNG.standard_normal(4000)


def si_sdr(reference: np.ndarray, decoded: np.ndarray) -> float:
    x, y = Audio.mono(reference, 16000), Audio.mono(decoded, 16000)
    return SiSdr().score(Sample(Utterance("u", Path("u.wav")), x, y, y)).value


@given(st.floats(1e-2, 1e2), st.floats(-0.5, 0.5), st.sampled_from([-1, 1]))
def test_blind_to_gain_offset_and_polarity(gain: float, offset: float, sign: int) -> None:
    decoded = 0.1 * (SPEECH + 0.3 * NOISE)
    assert si_sdr(SPEECH, sign * gain * (decoded + offset)) == pytest.approx(si_sdr(SPEECH, decoded), abs=1e-3)


@given(st.floats(-30, 60))
def test_orthogonal_noise_gives_its_ratio(ratio_db: float) -> None:
    speech = SPEECH - SPEECH.mean()
    noise = NOISE - NOISE.mean()
    noise -= speech * np.dot(noise, speech) / np.dot(speech, speech)
    noise *= np.linalg.norm(speech) / np.linalg.norm(noise) * 10 ** (-ratio_db / 20)
    assert si_sdr(0.1 * speech, 0.1 * (speech + noise)) == pytest.approx(ratio_db, abs=1e-2)


@pytest.mark.parametrize("gain", [1.0, 0.5, -2.0])
def test_identical_signals_abstain_for_the_ratio_is_infinite(gain: float) -> None:
    with pytest.raises(Abstain, match="infinite"):
        si_sdr(SPEECH, gain * SPEECH)


def test_nothing_of_the_original_abstains() -> None:
    even, odd = np.zeros(4000), np.zeros(4000)
    even[:1000], odd[2000:3000] = np.resize([1, -1], 1000), np.resize([1, -1], 1000)
    with pytest.raises(Abstain, match="minus infinity"):
        si_sdr(even, odd)
