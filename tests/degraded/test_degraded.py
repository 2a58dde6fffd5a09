"""What each built-in condition does to speech, measured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from conftest import REPOSITORY
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Audio
from codecbench.audio import source_signal
from codecbench.degrading import DegradedInput
from codecbench.levels import active_rms
from codecbench.plugins import registry

VALUES: Mapping[str, float | str | None] = {
    "noise": 10.0, "babble": 5.0, "car": 0.0, "street": 15.0, "reverb": 0.6, "level": -20.0, "clip": 12.0,
    "lowpass": 2.0, "cycles": 3.0, "loss": 10.0, "bursts": 10.0, "ber": 0.01,
    "tandem": "g711:alaw@64", "tandem-after": "g711:alaw@64", "silence": None, "noise-only": -40.0,
}  # fmt: skip


def speech() -> Audio:
    return source_signal(sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))[0])


def degraded(name: str, value: float | str | None) -> Audio:
    return DegradedInput(name, value).of(speech())


def power_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.square(samples, dtype=np.float64).mean()))


def test_every_built_in_is_tried_here() -> None:
    assert set(VALUES) == {name for name, entry in registry().conditions.items() if entry.is_own}


@pytest.mark.parametrize(("name", "value"), VALUES.items())
def test_the_same_recording_is_degraded_alike(name: str, value: float | str | None) -> None:
    first, again = degraded(name, value), degraded(name, value)
    assert np.array_equal(first.samples, again.samples)
    assert first.samples.shape == speech().samples.shape


@pytest.mark.parametrize("name", ["noise", "babble", "car", "street"])
@pytest.mark.parametrize("snr", [-5.0, 10.0, 30.0])
def test_noise_lies_as_far_below_active_speech_as_is_asked(name: str, snr: float) -> None:
    noise = degraded(name, snr).samples[0].astype(np.float64) - speech().samples[0]
    level = 20 * np.log10(active_rms(speech().samples[0], 16000))
    assert level - power_db(noise) == pytest.approx(snr, abs=0.05)


def test_kinds_of_noise_differ_in_their_spectra() -> None:
    below = {}
    for name in ("noise", "babble", "car", "street"):
        noise = degraded(name, 0.0).samples[0].astype(np.float64) - speech().samples[0]
        spectrum = np.square(np.abs(np.fft.rfft(noise)))
        below[name] = spectrum[: len(spectrum) * 400 // 8000].sum() / spectrum.sum()
    assert below["noise"] < 0.1
    assert below["car"] > 0.9
    assert below["noise"] < below["babble"] < below["car"]
    assert below["noise"] < below["street"] < below["car"]


def test_a_room_dies_away_within_its_time() -> None:
    click = np.zeros((1, 32000), np.float32)
    click[0, 1000] = 1.0
    tail = DegradedInput("reverb", 0.5).of(Audio(click, 16000)).samples[0].astype(np.float64)
    assert tail[:1000] == pytest.approx(0.0, abs=1e-6)
    assert np.square(tail[1001:]).sum() == pytest.approx(1.0, rel=0.01)
    early, late = (power_db(tail[1000 + start : 1000 + start + 400]) for start in (400, 400 + 4000))
    assert early - late == pytest.approx(30, abs=2)  # 60 dB in 0.5 s


def test_levels_clips_and_bands() -> None:
    clean = speech()
    assert power_db(degraded("level", -20.0).samples) == pytest.approx(power_db(clean.samples) - 20, abs=1e-3)
    assert degraded("clip", 12.0).peak == pytest.approx(clean.peak * 10 ** (-12 / 20), rel=1e-5)
    spectrum = np.abs(np.fft.rfft(degraded("lowpass", 2.0).samples[0]))
    assert spectrum[len(spectrum) * 2200 // 8000 :].max() < 1e-2 * spectrum.max()
    assert not degraded("silence", None).samples.any()
    assert power_db(degraded("noise-only", -40.0).samples) == pytest.approx(-40, abs=0.2)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(VALUES)), st.integers(0, 700), st.floats(0.0, 1.0))
def test_any_length_comes_out_as_long_and_finite(name: str, length: int, where: float) -> None:
    card = registry().conditions[name].card
    value = VALUES[name] if card.low is None else card.low + where * (card.high - card.low)
    made = DegradedInput(name, value).of(Audio(speech().samples[:, :length], 16000))
    assert made.length == length
