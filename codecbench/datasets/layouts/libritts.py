"""LibriTTS: SPEAKER/CHAPTER/NAME.wav, with NAME.normalized.txt and NAME.original.txt beside it.

Zen et al., "LibriTTS: a corpus derived from LibriSpeech for text-to-speech", Interspeech 2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from codecbench.api import Dataset
from codecbench.datasets.layouts import libri
from codecbench.datasets.layouts.files import entries
from codecbench.datasets.transcripts import read_text

NAME = "libritts"
WHAT = "LibriTTS: SPEAKER/CHAPTER/*.wav with *.normalized.txt"
ENDING = ".normalized.txt"


def recognizes(place: Path) -> bool:
    return libri.holds(place, "_")


def read(place: Path) -> Dataset:
    """Transcripts are the normalized ones."""
    return libri.read("LibriTTS", place, _transcripts)


def _transcripts(chapter: libri.Chapter) -> Mapping[str, str]:
    texts = (path for path in entries(chapter.folder) if path.name.endswith(ENDING))
    return {path.name.removesuffix(ENDING): read_text(path).strip() for path in texts}
