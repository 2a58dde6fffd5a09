"""LibriTTS: SPEAKER/CHAPTER/NAME.wav, with NAME.normalized.txt and NAME.original.txt beside it.

Zen et al., "LibriTTS: a corpus derived from LibriSpeech for text-to-speech", Interspeech 2019.
"""

from __future__ import annotations

from pathlib import Path

from codecbench.api import Dataset
from codecbench.datasets.layouts import libri
from codecbench.datasets.layouts.files import entries
from codecbench.datasets.layouts.joining import joined
from codecbench.datasets.transcripts import read_text
from codecbench.errors import UsageError

NAME = "libritts"
WHAT = "LibriTTS: SPEAKER/CHAPTER/*.wav with *.normalized.txt"
ENDING = ".normalized.txt"


def recognizes(place: Path) -> bool:
    return libri.holds(place, "_")


def read(place: Path) -> Dataset:
    """A split (test-clean), or the folder that holds several. Transcripts are the normalized ones."""
    chapters = list(libri.chapters(place))
    if not chapters:
        raise UsageError(f"'{place}' has no folders SPEAKER/CHAPTER, which LibriTTS's splits have")
    sexes = libri.sexes(place)
    texts = (path for chapter in chapters for path in entries(chapter.folder) if path.name.endswith(ENDING))
    transcripts = {path.name.removesuffix(ENDING): read_text(path).strip() for path in texts}
    recordings = (one for chapter in chapters for one in chapter.utterances(sexes))
    return joined(place.resolve().name, place, recordings, transcripts)
