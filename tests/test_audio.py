from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Audio
from codecbench.audio import (
    audio_hash,
    fit_length,
    resample,
    source_signal,
    to_mono,
    with_channels,
)
from codecbench.audio_files import UnusableAudio, read_audio


def tone(rate: int, seconds: float = 0.5, hz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_and_channels_become_the_16_khz_mono_source(tmp_path: Path, rate: int, channels: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.repeat(tone(rate)[:, None], channels, axis=1), rate, subtype="FLOAT")
    source = source_signal(path)
    assert (source.sample_rate, source.channels, source.length) == (16000, 1, 8000)
    middle = slice(1000, 7000)
    assert np.abs(source.samples[0, middle] - tone(16000)[middle]).max() < 1e-4


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_sample_formats_read_to_the_same_scale(tmp_path: Path, subtype: str) -> None:
    soundfile.write(tmp_path / "a.wav", tone(16000), 16000, subtype=subtype)
    assert np.abs(read_audio(tmp_path / "a.wav").samples[0] - tone(16000)).max() < 0.01


def test_floats_beyond_full_scale_are_left_as_they_are(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", 4 * tone(16000), 16000, subtype="FLOAT")
    assert read_audio(tmp_path / "a.wav").samples.max() == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize("samples", [np.zeros(8000), np.ones(1) * 0.1])
def test_silence_and_a_single_sample_are_signals(tmp_path: Path, samples: np.ndarray) -> None:
    soundfile.write(tmp_path / "a.wav", samples, 48000)
    assert source_signal(tmp_path / "a.wav").length == -(-len(samples) // 3)


def write_text(path: Path) -> None:
    path.write_text("this is not audio")


def write_nothing(path: Path) -> None:
    path.touch()


def write_no_samples(path: Path) -> None:
    soundfile.write(path, np.zeros(0), 16000)


def write_nan(path: Path) -> None:
    soundfile.write(path, np.array([0.0, np.nan, 0.0]), 16000, subtype="FLOAT")


def write_infinity(path: Path) -> None:
    soundfile.write(path, np.array([0.0, np.inf, 0.0]), 16000, subtype="FLOAT")


def write_cut_flac(path: Path) -> None:
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 16000), 16000, format="FLAC")
    path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "is a folder"),
        (write_text, "cannot be read"),
        (write_nothing, "cannot be read"),
        (write_cut_flac, "cannot be read|is empty"),
        (write_no_samples, "is empty"),
        (write_nan, "NaN or infinite"),
        (write_infinity, "NaN or infinite"),
    ],
)
def test_unusable_files_are_one_line_that_names_the_file(tmp_path: Path, write, message: str) -> None:
    path = tmp_path / "bad.wav"
    write(path)
    with pytest.raises(UnusableAudio, match=message) as caught:
        source_signal(path)
    assert "bad.wav" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_same_rate_is_an_exact_no_op() -> None:
    audio = Audio.mono(tone(16000), 16000)
    assert resample(audio, 16000) is audio


def test_resampling_there_and_back_keeps_speech_band_signals() -> None:
    audio = Audio.mono(tone(16000, 1.0, 3000.0), 16000)
    back = resample(resample(audio, 44100), 16000)
    assert back.length == audio.length
    assert np.abs(back.samples - audio.samples)[0, 500:-500].max() < 1e-5


@pytest.mark.parametrize("call", [lambda a: resample(a, 0), lambda a: with_channels(a, 0), lambda a: fit_length(a, -1)])
def test_impossible_requests_are_refused(call) -> None:
    with pytest.raises(ValueError, match=r"not|negative"):
        call(Audio.mono(tone(16000), 16000))


def test_channels_are_averaged_and_repeated() -> None:
    stereo = Audio(np.array([[1.0, 0.0], [0.0, 0.5]]), 16000)
    assert to_mono(stereo).samples.tolist() == [[0.5, 0.25]]
    assert with_channels(stereo, 2) is stereo
    assert with_channels(to_mono(stereo), 2).samples.tolist() == [[0.5, 0.25]] * 2


@given(st.integers(0, 50), st.integers(0, 50))
def test_fitting_reports_what_it_added_or_cut(length: int, wanted: int) -> None:
    fitted = fit_length(Audio.mono(np.arange(1.0, length + 1), 16000), wanted)
    assert fitted.audio.length == wanted
    assert length + fitted.missing - fitted.surplus == wanted
    assert min(fitted.missing, fitted.surplus) == 0
    assert np.count_nonzero(fitted.audio.samples) == min(length, wanted)


def test_a_24_bit_file_rounds_and_clips_to_its_steps(tmp_path: Path) -> None:
    """Decoded signals are kept as 24-bit FLAC and scored as read back, so that scoring again is exact."""
    rng = np.random.default_rng(0)
    audio = Audio(np.concatenate([rng.uniform(-1.2, 1.2, (2, 5000)), [[1.0], [-1.0]]], axis=1), 16000)
    steps = np.clip(np.rint(audio.samples.astype(np.float64) * 2**23), -(2**23), 2**23 - 1)
    soundfile.write(tmp_path / "a.flac", np.clip(audio.samples, -1.0, 1.0).T, 16000, subtype="PCM_24")
    assert np.array_equal(read_audio(tmp_path / "a.flac").samples, (steps / 2**23).astype(np.float32))


def test_the_hash_sees_rate_shape_and_samples() -> None:
    samples = tone(16000).astype(np.float32)
    hashes = {
        audio_hash(Audio.mono(samples, 16000)),
        audio_hash(Audio.mono(samples, 8000)),
        audio_hash(Audio(samples.reshape(2, -1), 16000)),
        audio_hash(Audio.mono(np.nextafter(samples, 1), 16000)),
    }
    assert len(hashes) == 4
    assert audio_hash(Audio.mono(samples.copy(), 16000)) in hashes
