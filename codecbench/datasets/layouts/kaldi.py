"""Kaldi's data folder: wav.scp, and where there are text, utt2spk, spk2gender and utt2lang.

https://kaldi-asr.org/doc/data_prep.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.api.dataset import LANGUAGE
from codecbench.datasets.layouts.files import pairs
from codecbench.datasets.layouts.joining import joined, sex_of
from codecbench.errors import UsageError

NAME = "kaldi"
WHAT = "Kaldi: wav.scp, text, utt2spk"
AUDIO, TEXT, SPEAKERS, SEGMENTS = "wav.scp", "text", "utt2spk", "segments"
ARCHIVE = re.compile(r".*\.ark:\d+")
"""A place in an archive of many recordings."""


def recognizes(place: Path) -> bool:
    return (place / AUDIO).is_file() or all((place / name).is_file() for name in (TEXT, SPEAKERS))


def read(place: Path) -> Dataset:
    """Paths in wav.scp are relative to the current folder, as Kaldi has it, or to the folder itself."""
    if not (place / AUDIO).is_file():
        raise UsageError(f"'{place}' has no {AUDIO}, where Kaldi lists the recordings")
    if (place / SEGMENTS).is_file():
        raise UsageError(
            f"'{place}' has {SEGMENTS}, by which an utterance is a part of its recording, and parts are not read: cut "
            "the recordings, one file per utterance (utils/data/extract_wav_segments_data_dir.sh does)"
        )
    recordings = pairs(place / AUDIO)
    for id, what in recordings.items():
        if what.endswith("|"):
            raise UsageError(f"'{place / AUDIO}', utterance '{id}': a pipe is not run; write its output to a file, "
                             "and list that")  # fmt: skip
        if not what or ARCHIVE.fullmatch(what):
            raise UsageError(f"'{place / AUDIO}', utterance '{id}': expected an audio file, not '{what}'")
    speakers, sexes, languages = (_table(place / name) for name in (SPEAKERS, "spk2gender", "utt2lang"))
    root = _root(place, next(iter(recordings.values()), ""))
    utterances = (
        _utterance(id, root / path, speakers.get(id, ""), sexes, languages.get(id)) for id, path in recordings.items()
    )
    return joined(place.resolve().name, place, utterances, _table(place / TEXT))


def _table(path: Path) -> Mapping[str, str]:
    return pairs(path) if path.is_file() else {}


def _root(place: Path, first: str) -> Path:
    return place if (place / first).is_file() or not Path(first).is_file() else Path().absolute()


def _utterance(id: str, path: Path, speaker: str, sexes: Mapping[str, str], language: str | None) -> Utterance:
    spoken = {} if language is None else {LANGUAGE: language}
    return Utterance(id, path, None, speaker, sex_of(sexes.get(speaker, "")), spoken)
