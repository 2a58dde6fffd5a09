"""What is in audio files, and what under their names is none: cut off, on another scale, something else."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.audio import source_signal
from codecbench.audio_files import LOUDEST, UnusableAudio, read_audio

RATE = 16000
NOISE = np.random.default_rng(0).normal(0, 0.1, 2 * RATE)
FORMATS = {
    "a.wav": {}, "a.flac": {}, "a.aiff": {}, "a.w64": {}, "a.caf": {}, "rf.wav": {"format": "RF64"},
    "ex.wav": {"format": "WAVEX"}, "a.ogg": {"format": "OGG", "subtype": "VORBIS"},
    "a.opus": {"format": "OGG", "subtype": "OPUS"}, "a.mp3": {"format": "MP3"},
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    for name, how in FORMATS.items():
        soundfile.write(folder / name, NOISE, RATE, **how)
    return folder


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_file_is_read_whole(whole: Path, name: str) -> None:
    assert read_audio(whole / name).length == len(NOISE)


@pytest.mark.parametrize("share", [0.4, 0.9, 0.99])
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_breaks_off_is_not_used(whole: Path, tmp_path: Path, name: str, share: float) -> None:
    data = (whole / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UnusableAudio, match=r"breaks off|cannot be read|is empty"):
        read_audio(tmp_path / name)


@pytest.mark.parametrize("stated", [0xFFFFFFFF, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF - 36])
def test_a_wav_from_a_pipe_stays_usable(whole: Path, tmp_path: Path, stated: int) -> None:
    data = bytearray((whole / "a.wav").read_bytes())
    data[40:44] = struct.pack("<I", stated)
    (tmp_path / "piped.wav").write_bytes(data)
    assert read_audio(tmp_path / "piped.wav").length == len(NOISE)


def test_what_follows_the_samples_does_not_matter(whole: Path, tmp_path: Path) -> None:
    data = (whole / "a.wav").read_bytes()
    (tmp_path / "tagged.wav").write_bytes(data + b"LIST" + struct.pack("<I", 4) + b"INFO")
    assert read_audio(tmp_path / "tagged.wav").length == len(NOISE)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "it is a git-LFS pointer: run `git lfs pull`"),
        (b"<!DOCTYPE html><html>", "it is a web page"),
        (b"\n<html>", "it is a web page"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom", "it is MPEG-4"),
        (b"NIST_1A\n   1024\n", "it is NIST SPHERE"),
        (b"PK\x03\x04rest", "it is an archive"),
        (b'{"error": "not found"}', "it is JSON"),
        (b"these are words", "use WAV, FLAC, OGG or MP3"),
    ],
)
def test_what_is_no_audio_is_named(tmp_path: Path, start: bytes, said: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(start + bytes(4000))
    with pytest.raises(UnusableAudio) as refused:
        read_audio(path)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("peak", "read"), [(1.5, True), (LOUDEST - 0.5, True), (32767.0, False), (2.0**31, False)])
def test_counts_are_no_fractions_of_full_scale(tmp_path: Path, peak: float, read: bool) -> None:
    soundfile.write(tmp_path / "a.wav", NOISE / np.abs(NOISE).max() * peak, RATE, subtype="FLOAT")
    if read:
        assert read_audio(tmp_path / "a.wav").peak == pytest.approx(peak, rel=1e-4)
        return
    with pytest.raises(UnusableAudio, match=r"has samples up to .* times full scale: they must be within \[-1, 1\]"):
        read_audio(tmp_path / "a.wav")


@pytest.mark.parametrize(
    ("channels", "used"),
    [
        (lambda x: [x, -x], False),
        (lambda x: [x, -0.99 * x], False),
        (lambda x: [x, -x, x, -x], False),
        (lambda x: [x, np.roll(x, 999)], True),
        (lambda x: [x, -0.5 * x], True),
        (lambda x: [0 * x, 0 * x], True),
    ],
)
def test_channels_that_cancel_are_not_called_silence(tmp_path: Path, channels: Callable, used: bool) -> None:
    soundfile.write(tmp_path / "a.wav", np.stack(channels(NOISE), 1), RATE, subtype="FLOAT")
    if used:
        assert source_signal(tmp_path / "a.wav").length == len(NOISE)
        return
    with pytest.raises(UnusableAudio, match=r"its \d channels cancel each other, their mean is \d+ dB below them"):
        source_signal(tmp_path / "a.wav")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FORMATS)), st.integers(0, 2**32), st.integers(1, 8))
def test_a_damaged_file_is_read_or_is_one_line(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, name: str, seed: int, count: int
) -> None:
    rng = np.random.default_rng(seed)
    data = bytearray((whole / name).read_bytes())
    for place in rng.integers(0, len(data), count):
        data[place] = rng.integers(256)
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(data)
    said = name
    try:
        assert np.isfinite(source_signal(path).samples).all()
    except UnusableAudio as error:
        said = str(error)
    assert name in said
    assert "\n" not in said
