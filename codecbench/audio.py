"""The plain operations on signals: channels, rates, lengths, rounding, identity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from codecbench.api import Audio
from codecbench.audio_files import UnusableAudio, read_audio

SOURCE_RATE = 16000
"""Hz of the reference in the `wb` condition."""
CANCELLED_DB = 30.0
"""Channels that have nothing to do with each other lose 3 dB in the mean of two, 9 in that of eight."""
SILENT_POWER = 1e-14
"""-140 dB."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A signal brought to a length: `missing` samples were added as zeros, or `surplus` ones cut, at the end."""

    audio: Audio
    missing: int
    surplus: int


def source_signal(path: Path | str) -> Audio:
    """The `wb` condition's source and reference: the file's signal as one channel at 16 kHz.

    Raises:
        UnusableAudio: see `read_audio`; or its channels cancel each other.
    """
    audio = read_audio(path)
    mono = to_mono(audio)
    lost = cancelled_db(audio, mono)
    if lost > CANCELLED_DB:
        raise UnusableAudio(
            f"audio file '{path}': its {audio.channels} channels cancel each other, their mean is {lost:.0f} dB below "
            "them; one of them is inverted: give one channel alone"
        )
    return resample(mono, SOURCE_RATE)


def cancelled_db(audio: Audio, mono: Audio) -> float:
    """How many dB the mean of the channels lies below them, in RMS."""
    return _level_db(audio) - _level_db(mono)


def _level_db(audio: Audio) -> float:
    """RMS over all channels re full scale, no less than 24 bits tell from silence."""
    power = float(np.mean(np.square(audio.samples, dtype=np.float64))) if audio.samples.size else 0.0
    return 10.0 * float(np.log10(max(power, SILENT_POWER)))


def to_mono(audio: Audio) -> Audio:
    """One channel: the mean of all."""
    if audio.channels == 1:
        return audio
    return Audio(audio.samples.mean(axis=0, keepdims=True, dtype=np.float64), audio.sample_rate)


def with_channels(audio: Audio, channels: int) -> Audio:
    """`channels` channels: those there are, or the mean of all, repeated."""
    if channels < 1:
        raise ValueError(f"a signal has at least 1 channel, not {channels}")
    if audio.channels == channels:
        return audio
    return Audio(np.repeat(to_mono(audio).samples, channels, axis=0), audio.sample_rate)


def resample(audio: Audio, sample_rate: int) -> Audio:
    """`audio` at `sample_rate` Hz: soxr, very high quality, linear phase, ceil(samples × ratio) long.

    At its own rate it is returned as it is.
    """
    if sample_rate < 1:
        raise ValueError(f"a sample rate is a positive number of Hz, not {sample_rate}")
    if audio.sample_rate == sample_rate:
        return audio
    length = -(-audio.length * sample_rate // audio.sample_rate)
    # soxr runs in the precision it is given, and the reference should not lose any.
    samples = soxr.resample(audio.samples.T.astype(np.float64), audio.sample_rate, sample_rate, quality="VHQ").T
    return fit_length(Audio(samples, sample_rate), length).audio


def fit_length(audio: Audio, length: int) -> Fitted:
    """`audio` with exactly `length` samples: zeros appended or the end cut, and how many."""
    if length < 0:
        raise ValueError(f"a length is not negative, got {length}")
    missing, surplus = max(0, length - audio.length), max(0, audio.length - length)
    samples = np.pad(audio.samples[:, :length], ((0, 0), (0, missing)))
    return Fitted(Audio(samples, audio.sample_rate), missing, surplus)


def write_24_bit(samples: NDArray[np.floating[Any]], sample_rate: int, path: Path) -> None:
    """[samples] as FLAC, clipped at full scale as every sound card does: what metrics are computed on."""
    soundfile.write(path, np.clip(samples, -1.0, 1.0), sample_rate, format="FLAC", subtype="PCM_24")


def audio_hash(audio: Audio) -> str:
    """sha256 over the rate, the shape and the float32 samples (little-endian, channel by channel)."""
    digest = hashlib.sha256(f"{audio.sample_rate} {audio.channels} {audio.length}\0".encode())
    digest.update(audio.samples.astype("<f4", copy=False).tobytes())
    return digest.hexdigest()
