"""Hugging Face's `audiofolder`: metadata.csv or metadata.jsonl with file_name, and columns of any name beside it.

https://huggingface.co/docs/datasets/audio_dataset#audiofolder. Columns are read by the names that corpora use for a
transcript, a speaker, a sex, a language; the others are kept.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from codecbench.api import Dataset, Utterance
from codecbench.datasets.columns import NAMED, PARTS, meant, plain
from codecbench.datasets.layouts.files import first_line, folders, recordings
from codecbench.datasets.layouts.joining import joined, sex_of
from codecbench.datasets.warnings import some
from codecbench.errors import UsageError

NAME = "audiofolder"
WHAT = "Hugging Face audiofolder: metadata.csv or .jsonl with file_name"
LISTS = ("metadata.csv", "metadata.jsonl")
FILE = "file_name"
WHOLE = frozenset({"duration", "length"})
"""Columns that a manifest refuses as parts of a file; beside `file_name` they are the whole file's."""


def recognizes(place: Path) -> bool:
    """The folder of a split, its list, or a folder of splits."""
    if place.is_file():
        return _is_list(place)
    return bool(_lists(place)) or any(_lists(split) for split in folders(place))


def _is_list(path: Path) -> bool:
    first = first_line(path) if path.name in LISTS else ""
    return f'"{FILE}"' in first if path.suffix == ".jsonl" else FILE in next(csv.reader([first]), [])


def _lists(folder: Path) -> list[Path]:
    return [path for name in LISTS if _is_list(path := folder / name)]


def read(place: Path) -> Dataset:
    path = place if place.is_file() else _only_list(place)
    utterances = [_utterance(row, path, number) for number, row in enumerate(_rows(path), start=1)]
    return joined(path.resolve().parent.name, path, utterances, notes=list(_beside(path, utterances)))


def _beside(path: Path, utterances: Sequence[Utterance]) -> Iterator[str]:
    listed = {one.path for one in utterances}
    if beside := [one.name for one in recordings(path.parent) if one not in listed]:
        yield f"'{path.parent}': {len(beside)} recordings are not in {path.name} and not read ({some(beside)})"


def _only_list(folder: Path) -> Path:
    lists = _lists(folder)
    if len(lists) == 1:
        return lists[0]
    if lists:
        raise UsageError(f"'{folder}' holds {' and '.join(path.name for path in lists)}; name one of them")
    splits = [split.name for split in folders(folder) if _lists(split)]
    if not splits:
        raise UsageError(f"'{folder}' has neither {' nor '.join(LISTS)} with {FILE}, as audiofolder wants it")
    raise UsageError(f"'{folder}' holds the splits {', '.join(splits)}; name one: --dataset {folder}/{splits[0]}")


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix == ".csv":
                yield from csv.DictReader(file, strict=True)
            else:
                yield from (json.loads(line) for line in file if line.strip())
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError, csv.Error) as error:
        raise UsageError(f"'{path}' cannot be read: {error}") from error


def _utterance(row: Any, path: Path, number: int) -> Utterance:
    where = f"'{path}', entry {number}"
    if not isinstance(row, Mapping) or not isinstance(row.get(FILE), str) or not row[FILE]:
        raise UsageError(f"{where}: no {FILE}")
    if None in row or (None in row.values() and path.suffix == ".csv"):
        raise UsageError(f"{where}: another number of cells than columns; a text with commas in it stands in double "
                         "quotes")  # fmt: skip
    values: dict[str, str] = {}
    for column, value in row.items():
        if plain(column) in PARTS and plain(column) not in WHOLE:
            raise UsageError(f"{where}: by its column '{column}' a row means a part of its file, and parts are not "
                             "read: cut the recordings, one file per utterance")  # fmt: skip
        if column != FILE and isinstance(value, (str, int, float)) and str(value).strip():
            values.setdefault(meant(column) or column, str(value).strip())
    return Utterance(
        Path(row[FILE]).with_suffix("").as_posix(), path.parent / row[FILE], values.get("transcript"),
        values.get("speaker", ""), sex_of(values.get("sex", "")),
        {key: value for key, value in values.items() if key not in NAMED},
    )  # fmt: skip
