"""A dataset from a folder of audio, with the transcripts that lie beside it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.datasets.transcripts import Transcripts
from codecbench.datasets.warnings import some, utterance_warnings
from codecbench.errors import UsageError

RUN_FILE = "results.sqlite"
SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".w64", ".caf")
UNREAD = (
    ".m4a", ".mp4", ".aac", ".wma", ".webm", ".mka", ".mkv", ".sph", ".nist", ".au", ".snd", ".aifc", ".amr",
    ".ape", ".wv", ".ac3", ".3gp", ".spx", ".pcm", ".raw", ".shn", ".oga", ".mp2", ".ra", ".tta", ".dsf", ".8svx",
)  # fmt: skip
"""Audio that is not taken: a note says so, for else a part of the speech would be missing in silence."""
LEFT_OUT = "__MACOSX"
"""What a Mac's archives hold beside the files: their attributes, under the names of the files."""


@dataclass
class _Found:
    audio: list[Path] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)
    gone: list[Path] = field(default_factory=list)
    """Links that lead nowhere."""
    texts: list[Path] = field(default_factory=list)


def read_folder(folder: Path) -> Dataset:
    """Every audio file below `folder`, in the order of its name; links are followed, hidden files left out.

    A transcript is a file of the same name that ends with `.normalized.txt` or `.txt`, or a line of a `*.trans.txt` in
    the same folder (a recording's name, a blank, its words: LibriSpeech's).

    Raises:
        UsageError: there is no audio, or a folder or a text cannot be read.
    """
    found = _found(folder)
    if not found.audio:
        raise UsageError(f"folder '{folder}' holds no audio ({', '.join(SUFFIXES)}){_unread(found.unread)}")
    names = [path.relative_to(folder).with_suffix("").as_posix() for path in found.audio]
    # a.wav and a.flac side by side are two recordings: then the suffix stays in the id.
    count = Counter(names)
    ids = [
        name if count[name] == 1 else path.relative_to(folder).as_posix()
        for name, path in zip(names, found.audio, strict=True)
    ]
    texts = Transcripts(found.texts)
    utterances = tuple(Utterance(id, path, texts.of(path)) for id, path in zip(ids, found.audio, strict=True))
    warnings = (*_notes(found, folder, texts), *utterance_warnings(utterances))
    return Dataset(folder.resolve().name, utterances, warnings=warnings)


def _found(folder: Path) -> _Found:
    found = _Found()
    for path in _files(folder):
        suffix = path.suffix.lower()
        if suffix == ".txt":
            found.texts.append(path)
        elif suffix not in SUFFIXES + UNREAD:
            continue
        elif not path.is_file():
            found.gone.append(path)
        else:
            (found.audio if suffix in SUFFIXES else found.unread).append(path)
    found.audio.sort()
    return found


def _files(folder: Path) -> Iterator[Path]:
    """All but hidden ones and those of runs, each folder once, however many links lead to it."""
    visited: set[str] = set()

    def refuse(error: OSError) -> None:
        raise UsageError(f"folder '{error.filename}' cannot be read: {error.strerror}")

    for place, folders, files in os.walk(folder, followlinks=True, onerror=refuse):
        real = os.path.realpath(place)
        if real in visited or RUN_FILE in files:  # a run's own audio is not speech to run on
            folders.clear()
            continue
        visited.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != LEFT_OUT)
        yield from (Path(place) / name for name in sorted(files) if not name.startswith("."))


def _notes(found: _Found, folder: Path, texts: Transcripts) -> Iterator[str]:
    if found.unread:
        yield f"folder '{folder}'{_unread(found.unread)}"
    if found.gone:
        yield f"folder '{folder}': {len(found.gone)} links lead nowhere ({some(_named(found.gone))})"
    if alone := texts.without_recording(found.audio):
        yield f"folder '{folder}': {len(alone)} texts belong to no recording ({some(_named(alone))})"


def _unread(paths: Sequence[Path]) -> str:
    if not paths:
        return ""
    kinds = ", ".join(sorted({path.suffix.lower() for path in paths}))
    return f": {len(paths)} files ({kinds}) are of a format that is not read ({some(_named(paths))}); convert to FLAC"


def _named(paths: Sequence[Path]) -> list[str]:
    return [path.name for path in paths]
