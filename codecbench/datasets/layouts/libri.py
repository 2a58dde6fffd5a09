"""What LibriSpeech and LibriTTS have in common: folders SPEAKER/CHAPTER of a split, and SPEAKERS.TXT beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codecbench.api import Utterance
from codecbench.datasets.layouts.files import entries, folders, lines, recordings
from codecbench.datasets.layouts.joining import SPOKEN_ENGLISH, sex_of

NUMBER = r"\d+"
SPEAKERS = "speakers.txt"


@dataclass(frozen=True)
class Chapter:
    """What one speaker read of one book."""

    speaker: str
    folder: Path

    def holds(self, mark: str) -> bool:
        """Whether a file's name is SPEAKER, `mark`, CHAPTER and more."""
        start = re.compile(rf"{self.speaker}{mark}{self.folder.name}[{mark}.]")
        return any(start.match(path.name) for path in entries(self.folder))

    def utterances(self, sexes: dict[str, str]) -> Iterator[Utterance]:
        """One of each recording, without its transcript."""
        for path in recordings(self.folder):
            yield Utterance(path.stem, path, None, self.speaker, sexes.get(self.speaker, ""), SPOKEN_ENGLISH)


def chapters(place: Path) -> Iterator[Chapter]:
    """Of a split, or of all splits in `place` (as in the folder LibriSpeech)."""
    for split in (place,) if any(folders(place, NUMBER)) else folders(place):
        for speaker in folders(split, NUMBER):
            yield from (Chapter(speaker.name, chapter) for chapter in folders(speaker, NUMBER))


def holds(place: Path, mark: str) -> bool:
    """Whether the first chapter is named as the layout names it. `place` may be any folder or file."""
    if not place.is_dir():
        return False
    first = next(chapters(place), None)
    return first is not None and first.holds(mark)


def sexes(place: Path) -> dict[str, str]:
    """By speaker, of SPEAKERS.TXT in `place` or above it (`ID | SEX | SUBSET | MINUTES | NAME`); empty without it."""
    for folder in (place, place.resolve().parent):
        listed = next((path for path in entries(folder) if path.name.lower() == SPEAKERS), None)
        if listed is not None:
            rows = (line.split("|") for line in lines(listed) if not line.startswith(";"))
            return {row[0].strip(): sex_of(row[1]) for row in rows if len(row) > 1}
    return {}
