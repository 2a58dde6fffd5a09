from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from codecbench.alignment import LEAST_S, QUANTUM_S, constant_delay, estimate_delay, shift
from codecbench.api import Audio
from codecbench.audio import source_signal

RATE = 16000


def speechlike(seed: int = 0, seconds: float = 2.0) -> Audio:
    """Pulses at a gliding pitch through two resonances, switched on and off at a syllable's pace, and some breath."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    pitch = 120 + 30 * np.sin(2 * np.pi * 0.7 * time + seed)
    pulses = np.diff(np.floor(np.cumsum(pitch) / RATE), prepend=0.0)
    voice = sum(sosfilt(butter(1, band, "band", fs=RATE, output="sos"), pulses) for band in ((400, 700), (1500, 1900)))
    envelope = np.clip(np.sin(2 * np.pi * 3 * time), 0, 1)
    return Audio.mono(envelope * (voice + 0.01 * rng.standard_normal(len(time))), RATE)


@pytest.fixture(params=["synthetic", "real"])
def speech(request: pytest.FixtureRequest) -> Audio:
    if request.param == "synthetic":
        return speechlike()
    shared: Path = request.getfixturevalue("shared")
    with (shared / "data" / "eval" / "manifest.tsv").open() as file:
        row = next(csv.DictReader(file, delimiter="\t"))
    return source_signal(shared / "data" / "eval" / row["path"])


@pytest.mark.parametrize("samples", [0, 1, -3, 160, 800, -800, 0.5, 12.25, -7.3, 799.9])
def test_delays_are_found_to_a_fraction_of_a_sample(speech: Audio, samples: float) -> None:
    late = shift(speech, -samples / RATE)
    found = estimate_delay(speech, late, 800 / RATE)
    assert found is not None
    assert found * RATE == pytest.approx(samples, abs=0.05)


@pytest.mark.parametrize("gain", [0.01, 3.0, -1.0])
def test_level_and_polarity_do_not_matter(speech: Audio, gain: float) -> None:
    late = shift(speech, -31.5 / RATE)
    found = estimate_delay(speech, Audio(gain * late.samples, RATE), 0.02)
    assert found is not None
    assert found * RATE == pytest.approx(31.5, abs=0.05)


def test_polarity_is_not_corrected(speech: Audio) -> None:
    flipped = Audio(-speech.samples, RATE)
    assert shift(flipped, 0.0).samples.tobytes() == flipped.samples.tobytes()


def test_noise_and_low_pass_are_survived(speech: Audio) -> None:
    samples = speech.samples[0].astype(float)
    noisy = samples + np.random.default_rng(1).normal(0, samples.std(), len(samples))
    found = estimate_delay(speech, shift(Audio.mono(noisy, RATE), -20 / RATE), 0.02)
    assert found is not None
    assert found * RATE == pytest.approx(20, abs=0.2)
    # A causal Butterworth filter adds its own 4 to 8 samples at this cutoff.
    muffled = sosfilt(butter(4, 2000, fs=RATE, output="sos"), samples)
    found = estimate_delay(speech, shift(Audio.mono(muffled, RATE), -20 / RATE), 0.02)
    assert found is not None
    assert 20 < found * RATE < 28


def test_lengths_may_differ(speech: Audio) -> None:
    longer = Audio(np.pad(speech.samples, ((0, 0), (40, 500))), RATE)
    found = estimate_delay(speech, longer, 0.02)
    assert found is not None
    assert found * RATE == pytest.approx(40, abs=0.05)


def test_a_delay_beyond_the_bound_is_not_replaced_by_another(speech: Audio) -> None:
    assert estimate_delay(speech, shift(speech, -0.1), 0.02) is None


def random_phases(audio: Audio) -> Audio:
    """A vocoder's worst: spectra of 20 ms kept, phases thrown away."""
    rng = np.random.default_rng(0)
    frames = audio.samples[0, : audio.length // 320 * 320].reshape(-1, 320)
    spectra = np.abs(np.fft.rfft(frames, axis=1)) * np.exp(2j * np.pi * rng.random((len(frames), 161)))
    return Audio.mono(np.fft.irfft(spectra, axis=1).reshape(-1), RATE)


@pytest.mark.parametrize("bound", [0.02, 0.4])
def test_no_clear_peak_is_none(speech: Audio, bound: float) -> None:
    noise = Audio.mono(np.random.default_rng(2).normal(0, 0.1, speech.length), RATE)
    silence = Audio.mono(np.zeros(speech.length), RATE)
    constant = Audio.mono(np.full(speech.length, 0.25), RATE)
    for other in (noise, silence, constant, random_phases(speech), Audio.mono(np.zeros(0), RATE)):
        assert estimate_delay(speech, other, bound) is None
        assert estimate_delay(other, speech, bound) is None


def test_what_cannot_be_compared_is_refused() -> None:
    audio = speechlike(seconds=0.5)
    with pytest.raises(ValueError, match="rates differ"):
        estimate_delay(audio, Audio(audio.samples, 8000), 0.02)
    with pytest.raises(ValueError, match="one channel"):
        estimate_delay(audio, Audio(np.repeat(audio.samples, 2, axis=0), RATE), 0.02)
    with pytest.raises(ValueError, match="NaN"):
        estimate_delay(audio, Audio(np.full((1, 8000), np.nan), RATE), 0.02)


def test_the_constant_delay_is_stable_when_utterances_are_added() -> None:
    estimates: list[float | None] = [0.0101 + 1e-6 * k for k in range(-3, 4)]
    assert constant_delay(estimates) == constant_delay([*estimates, 0.01009, None, 0.4])
    assert constant_delay(estimates) == 162 / RATE == 162 * QUANTUM_S


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=20))
def test_whole_samples_from_a_millisecond_on(estimates: list[float]) -> None:
    delay, median = constant_delay(estimates), float(np.median(estimates))
    assert delay == 0.0 or abs(delay) >= LEAST_S - QUANTUM_S / 2
    assert (delay == 0.0) == (abs(median) < LEAST_S)
    assert delay * RATE == pytest.approx(round(delay * RATE), abs=1e-9)
    assert delay == 0.0 or abs(delay - median) <= QUANTUM_S / 2 + 1e-12


@pytest.mark.parametrize("samples", [1.25, -0.5, -15.9])
def test_an_estimate_under_a_millisecond_moves_nothing(samples: float) -> None:
    """1.25 samples "corrected" cost Opus at 8 kbps 1.1 dB of SI-SDR, half a sample gave it 1.6 dB at 12."""
    assert constant_delay([samples / RATE] * 16) == 0.0


def test_chance_peaks_of_a_vocoder_correct_nothing() -> None:
    assert constant_delay([None, None, None, 0.008]) == 0.0
    assert constant_delay([]) == 0.0


@settings(deadline=None, max_examples=40)
@given(st.floats(-60, 60), st.integers(1, 400))
def test_a_shift_keeps_the_length_and_whole_samples(delay: float, length: int) -> None:
    audio = Audio.mono(np.arange(1, length + 1, dtype=float) / length, RATE)
    assert shift(audio, delay / RATE).length == length
    whole = round(delay)
    moved = shift(audio, whole / RATE).samples[0]
    expected = np.zeros(length, dtype=np.float32)
    for k in range(length):
        if 0 <= k + whole < length:
            expected[k] = audio.samples[0, k + whole]
    assert moved.tobytes() == expected.tobytes()


def test_a_fractional_shift_is_exact_on_band_limited_signals() -> None:
    time = np.arange(RATE) / RATE
    window = np.hanning(RATE)
    audio = Audio.mono(window * np.sin(2 * np.pi * 1000 * time), RATE)
    delay = 3.375 / RATE
    advanced = np.interp(time + delay, time, window) * np.sin(2 * np.pi * 1000 * (time + delay))
    assert np.abs(shift(audio, delay).samples[0] - advanced).max() < 1e-5
    back = shift(shift(audio, delay), -delay)
    assert np.abs(back.samples - audio.samples).max() < 1e-5
