"""`--noise FOLDER`: recordings of noise that the user has, and what tells them from others."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import soundfile

from codecbench.digests import digest
from codecbench.errors import UsageError
from codecbench.weights import sha256_of

SHORT = 8
"""Hex digits of the files' digest in a condition's name: beside the folder's own, for whoever reads figures."""


class NoiseFolder:
    """Audio files below a folder, in the order of their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """Raises UsageError where there is none, or the folder cannot be read."""
        from codecbench.datasets.folder import read_folder

        if not self.folder.is_dir():
            raise UsageError(f"--noise '{self.folder}': no such folder")
        return tuple(utterance.recording_path for utterance in read_folder(self.folder).utterances)

    @cached_property
    def digest(self) -> str:
        """sha256 over the files' names and contents. Raises UsageError as `files`, and where one cannot be read."""
        try:
            return digest("noise", [[str(path.relative_to(self.folder)), sha256_of(path)] for path in self.files])
        except OSError as error:
            raise UsageError(f"--noise '{self.folder}': {error}") from error

    @property
    def label(self) -> str:
        """In a condition's name: `noise(cafe-1a2b3c4d):10`."""
        name = re.sub(r"[^\w.]+", "-", self.folder.resolve().name).strip("-")
        return f"{name}-{self.digest[:SHORT]}"

    def check(self) -> None:
        """By the files' headers. Raises UsageError for one that holds no audio, naming it."""
        for path in self.files:
            try:
                frames = soundfile.info(path).frames
            except (soundfile.SoundFileError, OSError, ValueError) as error:
                raise UsageError(f"--noise '{self.folder}': '{path.name}' cannot be read: {error}") from error
            if not frames:
                raise UsageError(f"--noise '{self.folder}': '{path.name}' holds no sample")
