"""Audio files and the plain operations on signals: reading, channels, rates, lengths, rounding, identity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from codecbench.api import Audio, CodecBenchError

SOURCE_RATE = 16000
"""Hz of the reference in the `wb` condition."""


class UnusableAudio(CodecBenchError):
    """An audio file that no codec can be given: missing, unreadable, empty, or with samples that are no numbers."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A signal brought to a length: `missing` samples were added as zeros, or `surplus` ones cut, at the end."""

    audio: Audio
    missing: int
    surplus: int


def read_audio(path: Path | str) -> Audio:
    """The signal in a file, at its own rate and channels. Integers are scaled to [-1, 1); floats are left as they are.

    Silence and very short signals are signals: it is for the metrics to abstain on them.

    Raises:
        UnusableAudio: no such file, a format that libsndfile does not read, no samples, or NaN or infinite samples.
    """
    path = Path(path)
    if not path.is_file():
        raise UnusableAudio(f"audio file '{path}' {'is a folder' if path.is_dir() else 'does not exist'}")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)  # [samples, channels]
    except (soundfile.SoundFileError, OSError, TypeError, ValueError) as error:
        why = " ".join(str(error).split()).removeprefix(f"Error opening '{path}': ").rstrip(".")
        raise UnusableAudio(f"audio file '{path}' cannot be read: {why}; use WAV, FLAC, OGG or MP3") from error
    if samples.size == 0:
        raise UnusableAudio(f"audio file '{path}' is empty: it holds no samples")
    if not np.isfinite(samples).all():
        raise UnusableAudio(f"audio file '{path}' holds NaN or infinite samples")
    return Audio(samples.T, int(rate))


def source_signal(path: Path | str) -> Audio:
    """The `wb` condition's source and reference: the file's signal as one channel at 16 kHz. Raises UnusableAudio."""
    return resample(to_mono(read_audio(path)), SOURCE_RATE)


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
