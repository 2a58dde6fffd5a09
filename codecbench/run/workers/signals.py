"""Signals as the worker processes see them: the originals, cached, and the copies that people listen to."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from codecbench.api import Audio
from codecbench.conditions import SourceRecording


@lru_cache(maxsize=16)
def source(recording: SourceRecording) -> Audio:
    """What decoded signals are held to. Raises UnusableAudio."""
    return recording.signal()


@lru_cache(maxsize=16)
def given(recording: SourceRecording) -> Audio:
    """What codecs are given. Raises UnusableAudio, and ValueError where a condition's plugin is at fault."""
    return recording.given()


def own_copy(audio: Audio) -> Audio:
    """A plugin's own: what one writes into must not reach the next."""
    return Audio(audio.samples.copy(), audio.sample_rate)


def write_listening_copy(audio: Audio, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial_file = path.with_suffix(f".{os.getpid()}.partial")  # two scores of one cell may want it at once
    samples = np.clip(audio.samples.T, -1.0, 1.0)  # [samples, channels]
    soundfile.write(partial_file, samples, audio.sample_rate, format="FLAC", subtype="PCM_16")
    partial_file.rename(path)
