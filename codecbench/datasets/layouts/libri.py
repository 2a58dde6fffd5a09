"""What LibriSpeech and LibriTTS have in common: folders SPEAKER/CHAPTER of a split, and SPEAKERS.TXT beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.datasets.layouts.files import entries, folders, lines, recordings
from codecbench.datasets.layouts.joining import SPOKEN_ENGLISH, joined, sex_of
from codecbench.errors import UsageError

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


def read(what: str, place: Path, transcripts_of: Callable[[Chapter], Mapping[str, str]]) -> Dataset:
    """A split (test-clean), or the folder that holds several; `transcripts_of` a chapter are by id.

    Raises UsageError where there is no chapter: `what` such a corpus is called.
    """
    found = list(chapters(place))
    if not found:
        raise UsageError(f"'{place}' has no folders SPEAKER/CHAPTER, which {what}'s splits have")
    known = sexes(place)
    transcripts = {id: words for chapter in found for id, words in transcripts_of(chapter).items()}
    return joined(
        place.resolve().name, place, (one for chapter in found for one in chapter.utterances(known)), transcripts
    )


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
