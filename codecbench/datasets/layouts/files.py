"""Reading the folders and texts of a layout; what cannot be read is one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from codecbench.datasets.folder import SUFFIXES
from codecbench.datasets.transcripts import read_text
from codecbench.errors import UsageError


def entries(folder: Path) -> list[Path]:
    """What lies in `folder`, by name, hidden files left out; nothing where it is no folder."""
    if not folder.is_dir():
        return []
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise UsageError(f"folder '{folder}' cannot be read: {error.strerror}") from error


def folders(place: Path, pattern: str = ".*") -> Iterator[Path]:
    """Folders in `place` whose whole name matches `pattern`, by name."""
    return (path for path in entries(place) if re.fullmatch(pattern, path.name) and path.is_dir())


def recordings(folder: Path) -> list[Path]:
    """Audio files in `folder`, by name."""
    return [path for path in entries(folder) if path.suffix.lower() in SUFFIXES]


def lines(path: Path) -> list[str]:
    """The lines of a text that hold anything. Raises UsageError where it is no text or cannot be read."""
    return [line for line in read_text(path).split("\n") if line.strip()]


def first_line(path: Path) -> str:
    """Without reading the rest; empty where there is no such text: for recognizing alone."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.readline(10_000).rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return ""


def pairs(path: Path) -> dict[str, str]:
    """Lines `KEY VALUE`, as Kaldi's tables and LibriSpeech's transcripts are. Raises UsageError for a key twice."""
    found: dict[str, str] = {}
    for line in lines(path):
        key, _, value = line.strip().replace("\t", " ", 1).partition(" ")
        if key in found:
            raise UsageError(f"'{path}': '{key}' is there twice")
        found[key] = value.strip()
    return found
