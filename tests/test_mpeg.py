"""MP3s that do not tell their length: libsndfile guesses, and reads no further."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.audio_files import UnusableAudio, read_audio
from codecbench.mpeg import samples_of_frames

RATE = 16000
SIGNAL = np.concatenate([np.random.default_rng(0).normal(0, 0.1, 5 * RATE), np.zeros(5 * RATE)])


def without_header(path: Path, mode: str, tag: bytes = b"") -> Path:
    """Written without the first frame, which tells the length."""
    soundfile.write(path, SIGNAL, RATE, format="MP3", bitrate_mode=mode, compression_level=0.5)
    data = path.read_bytes()
    path.write_bytes(tag + data[data.find(b"\xff\xf3", 4) :])
    return path


@pytest.mark.parametrize("mode", ["VARIABLE", "AVERAGE"])
def test_a_variable_bitrate_without_a_length_is_not_cut_in_silence(tmp_path: Path, mode: str) -> None:
    with pytest.raises(
        UnusableAudio, match=r"MP3 of variable bitrate that does not tell its length: \d+ of \d+ samples"
    ):
        read_audio(without_header(tmp_path / "a.mp3", mode))


@pytest.mark.parametrize("tag", [b"", b"ID3\x04\0\0\0\0\x01\x00" + bytes(128)])
def test_a_constant_bitrate_needs_none(tmp_path: Path, tag: bytes) -> None:
    path = without_header(tmp_path / "a.mp3", "CONSTANT", tag)
    assert read_audio(path).length >= len(SIGNAL)
    assert len(SIGNAL) - 2 * 1152 <= samples_of_frames(path) <= len(SIGNAL) + 2 * 1152


def test_with_its_header_nothing_is_counted(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.mp3", SIGNAL, RATE, format="MP3", bitrate_mode="VARIABLE")
    assert samples_of_frames(tmp_path / "a.mp3") == 0
    assert read_audio(tmp_path / "a.mp3").length == len(SIGNAL)
