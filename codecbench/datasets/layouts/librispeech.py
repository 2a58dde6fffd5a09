"""LibriSpeech: SPEAKER/CHAPTER/SPEAKER-CHAPTER-NNNN.flac, and one SPEAKER-CHAPTER.trans.txt for each chapter.

Panayotov et al., "LibriSpeech: an ASR corpus based on public domain audio books", ICASSP 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from codecbench.api import Dataset
from codecbench.datasets.layouts import libri
from codecbench.datasets.layouts.files import pairs

NAME = "librispeech"
WHAT = "LibriSpeech: SPEAKER/CHAPTER/*.flac with *.trans.txt"


def recognizes(place: Path) -> bool:
    return libri.holds(place, "-")


def read(place: Path) -> Dataset:
    return libri.read("LibriSpeech", place, _transcripts)


def _transcripts(chapter: libri.Chapter) -> Mapping[str, str]:
    path = chapter.folder / f"{chapter.speaker}-{chapter.folder.name}.trans.txt"
    return pairs(path) if path.is_file() else {}
