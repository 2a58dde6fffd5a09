"""LibriSpeech: SPEAKER/CHAPTER/SPEAKER-CHAPTER-NNNN.flac, and one SPEAKER-CHAPTER.trans.txt for each chapter.

Panayotov et al., "LibriSpeech: an ASR corpus based on public domain audio books", ICASSP 2015.
"""

from __future__ import annotations

from pathlib import Path

from codecbench.api import Dataset
from codecbench.datasets.layouts import libri
from codecbench.datasets.layouts.files import pairs
from codecbench.datasets.layouts.joining import joined
from codecbench.errors import UsageError

NAME = "librispeech"
WHAT = "LibriSpeech: SPEAKER/CHAPTER/*.flac with *.trans.txt"


def recognizes(place: Path) -> bool:
    return libri.holds(place, "-")


def read(place: Path) -> Dataset:
    """A split (test-clean), or the folder that holds several."""
    chapters = list(libri.chapters(place))
    if not chapters:
        raise UsageError(f"'{place}' has no folders SPEAKER/CHAPTER, which LibriSpeech's splits have")
    sexes = libri.sexes(place)
    lists = (chapter.folder / f"{chapter.speaker}-{chapter.folder.name}.trans.txt" for chapter in chapters)
    transcripts = {id: words for path in lists if path.is_file() for id, words in pairs(path).items()}
    recordings = (one for chapter in chapters for one in chapter.utterances(sexes))
    return joined(place.resolve().name, place, recordings, transcripts)
