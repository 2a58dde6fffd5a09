"""LJSpeech: metadata.csv with lines `ID|text|normalized text`, without a header, and wavs/ID.wav.

Ito and Johnson, "The LJ Speech Dataset", 2017. Others keep their corpora so too: the language is known, and the
speaker, where the ids are LJSpeech's own.
"""

from __future__ import annotations

import re
from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.datasets.layouts.files import first_line, lines, recordings
from codecbench.datasets.layouts.joining import SPOKEN_ENGLISH, joined
from codecbench.errors import UsageError

NAME = "ljspeech"
WHAT = "LJSpeech: metadata.csv with | between its columns, wavs/"
LIST, AUDIO = "metadata.csv", "wavs"
OWN = re.compile(r"LJ\d{3}-\d{4}")


def recognizes(place: Path) -> bool:
    """The folder, or its metadata.csv."""
    first = first_line(_folder(place) / LIST)
    return 1 <= first.count("|") <= 2 and "," not in first.partition("|")[0]


def read(place: Path) -> Dataset:
    folder = _folder(place)
    listed = folder / LIST
    if not listed.is_file():
        raise UsageError(f"'{place}' has no {LIST}, where LJSpeech keeps its transcripts")
    transcripts: dict[str, str] = {}
    for number, line in enumerate(lines(listed), start=1):
        id, *texts = line.split("|")
        if not 1 <= len(texts) <= 2:
            raise UsageError(f"'{listed}', entry {number} ('{id[:40]}'): {1 + len(texts)} columns, expected "
                             "ID|text or ID|text|normalized text")  # fmt: skip
        if id in transcripts:
            raise UsageError(f"'{listed}', entry {number}: '{id}' is there twice")
        transcripts[id] = next((text.strip() for text in reversed(texts) if text.strip()), "")
    return joined(folder.resolve().name, folder, map(_utterance, recordings(folder / AUDIO)), transcripts)


def _folder(place: Path) -> Path:
    return place.parent if place.name == LIST and place.is_file() else place


def _utterance(path: Path) -> Utterance:
    if OWN.fullmatch(path.stem):
        return Utterance(path.stem, path, None, "LJ", "F", SPOKEN_ENGLISH)
    return Utterance(path.stem, path)
