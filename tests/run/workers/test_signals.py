from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from codecbench.api import Audio
from codecbench.conditions import SourceRecording
from codecbench.run.workers.signals import own_copy, source, write_listening_copy


def test_what_a_plugin_writes_into_its_copy_stays_there() -> None:
    audio = Audio.mono(np.ones(5), 16000)
    own_copy(audio).samples[:] = 0
    assert audio.samples.all()


def test_a_listening_copy_is_clipped_and_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.flac"
    write_listening_copy(Audio.mono(np.array([0.5, 1.5, -2.0]), 16000), path)
    samples, rate = soundfile.read(path)
    assert rate == 16000
    assert np.abs(samples - [0.5, 1.0, -1.0]).max() < 1e-4
    assert [one.name for one in path.parent.iterdir()] == ["a.flac"]


def test_the_source_is_mono_at_16_khz_whatever_the_file(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full((4800, 2), 0.25), 48000)
    found = source(SourceRecording(tmp_path / "a.wav"))
    assert (found.channels, found.sample_rate, found.length) == (1, 16000, 1600)
    assert source(SourceRecording(tmp_path / "a.wav")) is found
