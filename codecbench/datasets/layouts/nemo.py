"""NeMo's manifests: JSON lines with audio_filepath, text, duration, and where there are speaker, lang, gender.

https://docs.nvidia.com/nemo-framework/user-guide/latest/nemotoolkit/asr/datasets.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codecbench.api import Dataset, Utterance
from codecbench.api.dataset import LANGUAGE
from codecbench.datasets.layouts.files import first_line, lines
from codecbench.datasets.layouts.joining import joined, sex_of
from codecbench.errors import UsageError

NAME = "nemo"
WHAT = "NeMo: JSON lines with audio_filepath, text, duration"
AUDIO = "audio_filepath"
SUFFIXES = (".json", ".jsonl")
LANGUAGES = ("lang", "source_lang")


def recognizes(place: Path) -> bool:
    if place.suffix not in SUFFIXES or not place.is_file():
        return False
    try:
        first = json.loads(first_line(place))
    except (json.JSONDecodeError, RecursionError):
        return False
    return isinstance(first, dict) and AUDIO in first and "path" not in first


def read(place: Path) -> Dataset:
    """Ids are the listed paths without their suffix. `duration` is not read: an entry is a whole file."""
    numbered = enumerate(lines(place), start=1)
    return joined(place.stem, place, (_utterance(_entry(line, place, at), place, at) for at, line in numbered))


def _entry(line: str, place: Path, number: int) -> Mapping[str, Any]:
    where = f"'{place}', line {number}"
    try:
        entry = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UsageError(f"{where} cannot be read: {error}") from error
    if not isinstance(entry, dict) or not isinstance(entry.get(AUDIO), str):
        raise UsageError(f"{where}: expected a JSON object with {AUDIO}")
    if entry.get("offset"):
        raise UsageError(f"{where} has an offset, by which it means a part of its file, and parts are not read: cut "
                         "the recordings, one file per utterance")  # fmt: skip
    if "shard_id" in entry:
        raise UsageError(f"{where} has a shard_id: its audio lies in tar files, which are not read; unpack them")
    return entry


def _utterance(entry: Mapping[str, Any], place: Path, number: int) -> Utterance:
    def text(key: str) -> str:
        value = entry.get(key)
        if not isinstance(value, (str, int, type(None))):
            raise UsageError(f"'{place}', line {number}: '{key}' must be text, not {type(value).__name__}")
        return "" if value is None else str(value).strip()

    listed = Path(entry[AUDIO])
    language = next(filter(None, map(text, LANGUAGES)), None)
    return Utterance(
        listed.with_suffix("").as_posix().lstrip("/"), place.parent / listed, text("text") or None, text("speaker"),
        sex_of(text("gender")), {} if language is None else {LANGUAGE: language},
    )  # fmt: skip
