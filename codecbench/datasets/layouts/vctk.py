"""VCTK: wav48_silence_trimmed/pXXX/pXXX_NNN_mic1.flac (0.92) or wav48/pXXX/pXXX_NNN.wav (0.80), txt/, speaker-info.txt.

Yamagishi, Veaux, MacDonald, "CSTR VCTK Corpus", University of Edinburgh, 2019. Of the two microphones of 0.92 the first
is read, as most papers do: the second is missing for two speakers.
"""

from __future__ import annotations

from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.datasets.layouts.files import entries, folders, lines, recordings
from codecbench.datasets.layouts.joining import SPOKEN_ENGLISH, joined, sex_of
from codecbench.datasets.transcripts import read_text
from codecbench.datasets.warnings import some
from codecbench.errors import UsageError

NAME = "vctk"
WHAT = "VCTK: wav48_silence_trimmed/ or wav48/, txt/, speaker-info.txt"
AUDIO = ("wav48_silence_trimmed", "wav48")
TEXTS = "txt"
SPEAKERS = "speaker-info.txt"
SPEAKER = r"[ps]\d+"
FIRST, SECOND = "_mic1", "_mic2"


def recognizes(place: Path) -> bool:
    """By two of its three parts."""
    audio = any((place / name).is_dir() for name in AUDIO)
    texts = any(folders(place / TEXTS, SPEAKER))
    return audio + texts + (place / SPEAKERS).is_file() >= 2


def read(place: Path) -> Dataset:
    audio = next((place / name for name in AUDIO if (place / name).is_dir()), None)
    if audio is None:
        raise UsageError(f"'{place}' has neither {' nor '.join(AUDIO)}, where VCTK keeps its recordings")
    sexes = _sexes(place / SPEAKERS)
    texts = (path for folder in folders(place / TEXTS, SPEAKER) for path in entries(folder) if path.suffix == ".txt")
    transcripts = {path.stem: read_text(path).strip() for path in texts}
    found = [path for folder in folders(audio, SPEAKER) for path in recordings(folder)]
    first = {path.stem.removesuffix(FIRST): path for path in found if not path.stem.endswith(SECOND)}
    utterances = (_utterance(id, path, sexes) for id, path in first.items())
    alone = [path.name for path in found if path.stem.endswith(SECOND) and path.stem.removesuffix(SECOND) not in first]
    notes = [f"'{audio}': {len(alone)} recordings are of the second microphone alone and not read ({some(alone)})"]
    return joined(place.resolve().name, place, utterances, transcripts, notes if alone else ())


def _utterance(id: str, path: Path, sexes: dict[str, str]) -> Utterance:
    speaker = path.parent.name
    return Utterance(id, path, None, speaker, sexes.get(speaker, ""), SPOKEN_ENGLISH)


def _sexes(listed: Path) -> dict[str, str]:
    """By speaker. A row is `p225  23  F  English ...`; version 0.80 writes the number alone."""
    rows = (line.split() for line in lines(listed)) if listed.is_file() else ()
    found = ((row[0], sex_of(row[2])) for row in rows if len(row) > 2)
    return {f"p{name}" if name.isdigit() else name: sex for name, sex in found if sex}
