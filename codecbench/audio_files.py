"""Audio files: what is in them, or in one line why they cannot be used."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import soundfile

from codecbench.api import Audio, CodecBenchError
from codecbench.mpeg import samples_of_frames

LOUDEST = 16.0
"""+24 dB re full scale: no recording is louder, so the samples of one that is are counts and no fractions of 1."""

PLACEHOLDER = 0x7FFFF000
"""Who writes a WAV or AIFF into a pipe cannot go back to put its size in: this or more stands there (sox, ffmpeg)."""
STATED = re.compile(r"^\s*(data|SSND|riff|Riff size)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE)
"""What libsndfile says of a size in a header that is not the file's: in WAV and CAF, AIFF, W64, RF64."""
LARGEST_PAGE = 65307
"""Bytes of an Ogg page, at most (RFC 3533)."""
PAGE_HEADER = 27
LAST_PAGE = 4
"""The flag in a page's sixth byte that says that no other follows."""

BEGINNINGS = (
    (re.compile(rb"version https://git-lfs"), "it is a git-LFS pointer: run `git lfs pull`"),
    (re.compile(rb"\s*<(!doctype|html|\?xml)", re.IGNORECASE), "it is a web page: the download went wrong"),
    (re.compile(rb"....ftyp", re.DOTALL), "it is MPEG-4 (.m4a, .mp4): convert it to FLAC"),
    (re.compile(rb"NIST_1A"), "it is NIST SPHERE: convert it to FLAC"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "it is Matroska or WebM: convert it to FLAC"),
    (re.compile(rb"\x30\x26\xb2\x75"), "it is Windows Media: convert it to FLAC"),
    (re.compile(rb"PK\x03\x04|\x1f\x8b"), "it is an archive: unpack it"),
    (re.compile(rb"\s*[{\[]"), "it is JSON"),
)
"""What else is found under the name of an audio file, by its first bytes."""


class UnusableAudio(CodecBenchError):
    """An audio file that no codec can be given.

    Missing, unreadable, cut off, empty, or with samples that are no numbers or on no audio's scale.
    """


def read_audio(path: Path | str) -> Audio:
    """The signal in a file, at its own rate and channels. Integers are scaled to [-1, 1); floats are left as they are.

    Silence and very short signals are signals: it is for the metrics to abstain on them.

    Raises:
        UnusableAudio: no such file, a format that libsndfile does not read, a file that breaks off, no samples, samples
            that are NaN, infinite or above `LOUDEST`.
    """
    path = Path(path)
    if not path.is_file():
        raise UnusableAudio(f"audio file '{path}' {'is a folder' if path.is_dir() else 'does not exist'}")
    try:
        with soundfile.SoundFile(path) as file:
            samples = file.read(dtype="float32", always_2d=True)  # [samples, channels]
            rate = file.samplerate
            problem = _broken_off(path, file, len(samples))
    except (soundfile.SoundFileError, OSError, TypeError, ValueError) as error:
        raise UnusableAudio(f"audio file '{path}' cannot be read: {_why(path, error)}") from error
    except MemoryError as error:
        raise UnusableAudio(f"audio file '{path}' tells of more samples than memory holds: is it damaged?") from error
    if problem:
        raise UnusableAudio(f"audio file '{path}' {problem}")
    if samples.size == 0:
        raise UnusableAudio(f"audio file '{path}' is empty: it holds no samples")
    if not np.isfinite(samples).all():
        raise UnusableAudio(f"audio file '{path}' holds NaN or infinite samples")
    audio = Audio(samples.T, int(rate))
    if audio.peak > LOUDEST:
        raise UnusableAudio(
            f"audio file '{path}' has samples up to {audio.peak:.5g} times full scale: they must be within [-1, 1]; "
            "integers kept as floats are to be divided by 32768"
        )
    return audio


def _why(path: Path, error: Exception) -> str:
    """Why libsndfile does not read it: better by what it is."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError:
        start = b""
    for beginning, what in BEGINNINGS:
        if beginning.match(start):
            return what
    why = " ".join(str(error).split()).removeprefix(f"Error opening '{path}': ").rstrip(".")
    return f"{why}; use WAV, FLAC, OGG or MP3"


def _broken_off(path: Path, file: soundfile.SoundFile, read: int) -> str | None:
    """Whether the container tells of more than was read: libsndfile reads what is there, and complains of nothing."""
    held = samples_of_frames(path) if file.format in ("MP3", "MPEG") else 0
    if held:  # what libsndfile says of its length is a guess
        return (
            None
            if read >= held
            else (
                f"is an MP3 of variable bitrate that does not tell its length: {read} of {held} samples can be read; "
                "convert it to FLAC"
            )
        )
    if read < file.frames:
        return f"breaks off: {read} of {file.frames} samples can be read; get the whole file"
    for _, stated, there in STATED.findall(file.extra_info):
        if int(there) < int(stated) < PLACEHOLDER:
            return f"breaks off: its header tells of {stated} bytes, {there} are there; get the whole file"
    if file.format == "OGG" and not _ends(path):
        return "breaks off: its last page is missing; get the whole file"
    return None


def _ends(path: Path) -> bool:
    """Whether the last page of an Ogg is whole and marked as the last (RFC 3533: 27 bytes, a table of sizes, those)."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 2 * LARGEST_PAGE))
        end = file.read()
    page = end[max(0, end.rfind(b"OggS")) :]
    if len(page) < PAGE_HEADER or not page[5] & LAST_PAGE:
        return False
    sizes = page[PAGE_HEADER : PAGE_HEADER + page[PAGE_HEADER - 1]]
    return len(page) >= PAGE_HEADER + page[PAGE_HEADER - 1] + sum(sizes)
