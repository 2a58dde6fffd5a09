"""The audio that a report carries or links to: what was kept of the run, checked, and matched in loudness."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import soundfile
from numpy.typing import NDArray

from codecbench.report.loudness import Match, match_loudness
from codecbench.report.page import AUDIO_MB, AudioMode
from codecbench.store.rows import audio_file

ORIGINAL = ("original",)


def audio_key(utterance: str, *place: str) -> str:
    """The name of an audio file, for `window.codecbench.play`: `place` is codec, checkpoint and point, or ORIGINAL.

    >>> audio_key("s-1", "encodec", "reference", "6"), audio_key("s-1", *ORIGINAL)
    ('encodec/reference/6/s-1.flac', 'original/s-1.flac')
    """
    return "/".join((*place, audio_file(utterance)))


def kept_audio(folders: Iterable[Path], utterance: str, place: Sequence[str]) -> Path | None:
    """Where the first of the runs in `folders` keeps it; None where none does."""
    paths = (folder.joinpath("audio", *place, audio_file(utterance)) for folder in folders)
    return next((path for path in paths if path.is_file()), None)


@dataclass(frozen=True)
class Clip:
    """One file: `content` is base64 or, where the report links to it, its address."""

    content: str
    seconds: float
    match: Match


@dataclass
class Clips:
    """Clips by their keys, of the runs in `folders`; `problems` are lines for the reader."""

    folders: Sequence[Path]
    out: Path
    mode: AudioMode
    largest_mb: float = AUDIO_MB
    found: dict[str, Clip] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    size: int = 0

    def add_utterance(self, utterance: str, places: list[tuple[str, ...]]) -> None:
        """All that was kept of an utterance, `places` beginning with ORIGINAL; all of it or, past the limit, none.

        Only of the first utterance a part is taken: a report without any audio would help nobody.
        """
        if self.mode == "none":
            return
        first, reference = not self.found, None
        added: dict[str, Clip] = {}
        for place in places:
            read = self._read(utterance, place)
            if read is None:
                continue
            reference = read.samples if place == ORIGINAL else reference
            match = Match(0.0) if place == ORIGINAL or reference is None else _match(reference, read)
            clip = Clip(read.content, len(read.samples) / read.rate, match)
            if self.mode == "embed" and self.size + _size(added) + len(clip.content) > self.largest_mb * 1e6:
                what = f"the rest of utterance '{utterance}'" if first else f"utterance '{utterance}'"
                self.problems.append(
                    f"{what} is left out: this file holds at most {self.largest_mb:g} MB of audio; "
                    "codecbench report --audio link has no limit"
                )
                added = added if first else {}
                break
            added[audio_key(utterance, *place)] = clip
        self.found |= added
        self.size += _size(added)

    def data(self) -> dict[str, Any]:
        """For the script: what each key plays."""
        clips = {
            key: [clip.content, round(clip.seconds, 4), clip.match.gain_db, clip.match.text]
            for key, clip in self.found.items()
        }
        return {"mode": self.mode, "clips": clips}

    def _read(self, utterance: str, place: tuple[str, ...]) -> _Read | None:
        path = kept_audio(self.folders, utterance, place)
        if path is None:
            return None
        try:
            raw = path.read_bytes()
            samples, rate = soundfile.read(BytesIO(raw), dtype="float32")
            if samples.ndim != 1 or not len(samples):
                raise ValueError("expected one channel with samples")
        except (soundfile.SoundFileError, OSError, ValueError) as error:
            why = " ".join(str(error).split()).rstrip(".")
            self.problems.append(f"audio of {' '.join(place)}, utterance '{utterance}', cannot be read: {why}")
            return None
        content = b64encode(raw).decode() if self.mode == "embed" else _address(path, self.out)
        return _Read(content, samples, int(rate))


@dataclass(frozen=True, eq=False)
class _Read:
    content: str
    samples: NDArray[np.float32]
    rate: int


def _match(reference: NDArray[np.float32], read: _Read) -> Match:
    return match_loudness(reference, read.samples, read.rate)


def _size(clips: dict[str, Clip]) -> int:
    return sum(len(clip.content) for clip in clips.values())


def _address(path: Path, out: Path) -> str:
    """Relative to the report; an address of its own where there is no relative one (another drive)."""
    try:
        relative = os.path.relpath(path.resolve(), out.resolve().parent)
    except ValueError:
        return path.resolve().as_uri()
    return quote(Path(relative).as_posix())
