from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import Abstain, Audio
from codecbench.metrics.pair import Pair, checked_signal, is_silent, pair_of

NOISE = 0.1 * np.random.default_rng(0).standard_normal(1600)


def audio(samples: np.ndarray, rate: int = 16000) -> Audio:
    return Audio.mono(samples, rate)


@pytest.mark.parametrize(("given", "message"), [
    (audio(NOISE, 8000), "x has 1 channels at 8000 Hz; metrics take mono at 16000 Hz"),
    (Audio(np.stack([NOISE, NOISE]), 16000), "x has 2 channels at 16000 Hz"),
    (audio(np.array([0.0, np.nan])), "x has NaN or infinite samples"),
    (audio(np.array([0.0, np.inf])), "x has NaN or infinite samples"),
])  # fmt: skip
def test_what_is_no_signal_for_a_metric_is_a_failure(given: Audio, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        checked_signal(given, "x")


def test_unequal_lengths_are_a_failure_and_equal_ones_doubles() -> None:
    with pytest.raises(ValueError, match="lengths differ: reference 1600 samples, decoded 1599"):
        pair_of(audio(NOISE), audio(NOISE[1:]))
    found = pair_of(audio(NOISE), audio(NOISE))
    assert (found.seconds, found.reference.dtype) == (0.1, np.float64)


@pytest.mark.parametrize(("signal", "silent"), [
    (np.zeros(100), True), (np.full(100, 0.5), True), (np.zeros(0), True), (NOISE, False), (1e-3 * NOISE, False),
])  # fmt: skip
def test_a_constant_is_silence_and_soft_noise_is_not(signal: np.ndarray, silent: bool) -> None:
    assert is_silent(signal) == silent


def test_silence_and_too_short_signals_abstain_with_the_side() -> None:
    with pytest.raises(Abstain, match="the decoded signal is silent"):
        Pair(NOISE, np.zeros(1600)).require_sound()
    with pytest.raises(Abstain, match="the original is silent"):
        Pair(np.zeros(1600), NOISE).require_sound()
    with pytest.raises(Abstain, match=r"too short: 0\.100 s, needs 0\.25 s"):
        Pair(NOISE, NOISE).require_seconds(0.25)
    Pair(NOISE, NOISE).require_seconds(0.1)
