"""A dataset from a manifest: TSV, CSV or JSON lines with id, path, and where known transcript, speaker, sex."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codecbench.api import Dataset, Utterance
from codecbench.errors import UsageError

SUFFIXES = (".tsv", ".csv", ".jsonl")
REQUIRED = ("id", "path")
NAMED = ("id", "path", "transcript", "speaker", "sex")


def read_manifest(path: Path, name: str | None = None, synthetic: bool = False) -> Dataset:
    """The dataset that `path` lists; audio paths are relative to it. Its further columns are kept as `extra`.

    Raises:
        UsageError: not a manifest, a column or a value is missing, or an id is there twice.
    """
    try:
        rows = list(_rows(path))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError, csv.Error) as error:
        raise UsageError(f"manifest '{path}' cannot be read: {error}") from error
    if not rows:
        raise UsageError(f"manifest '{path}' lists no utterance")
    utterances: dict[str, Utterance] = {}
    for number, row in enumerate(rows, start=1):
        utterance = _utterance(row, path, number)
        if utterance.id in utterances:
            first = list(utterances).index(utterance.id) + 1
            raise UsageError(
                f"manifest '{path}': duplicate utterance id '{utterance.id}' (entries {first} and {number})"
            )
        utterances[utterance.id] = utterance
    listed = tuple(utterances.values())
    # Every second manifest is called "manifest": its folder's name says more.
    name = name or (path.resolve().parent.name if path.stem == "manifest" else path.stem)
    return Dataset(name, listed, synthetic, speaker_warnings(listed))


def speaker_warnings(utterances: tuple[Utterance, ...]) -> tuple[str, ...]:
    """Intervals resample speakers: without them every utterance counts as one, and intervals may be too narrow."""
    nameless = sum(not utterance.speaker for utterance in utterances)
    if not nameless:
        return ()
    return (f"{nameless} of {len(utterances)} utterances have no speaker: each counts as its own",)


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.suffix not in SUFFIXES:
        raise UsageError(f"manifest '{path}': expected one of {', '.join(SUFFIXES)}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix == ".jsonl":
            for number, line in enumerate(file, start=1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise UsageError(f"manifest '{path}', line {number}: expected a JSON object")
                    yield row
            return
        # TSV is read without quoting: a transcript may start with a quotation mark.
        if path.suffix == ".tsv":
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        else:
            reader = csv.DictReader(file)
        missing = [column for column in REQUIRED if column not in (reader.fieldnames or ())]
        if missing:
            columns = ", ".join(reader.fieldnames or ()) or "nothing"
            raise UsageError(f"manifest '{path}' has no column {' and '.join(missing)}; it has: {columns[:200]}")
        yield from reader


def _utterance(row: Mapping[str, Any], manifest: Path, number: int) -> Utterance:
    values = {str(key): str(value) for key, value in row.items() if key is not None and value is not None}
    for column in REQUIRED:
        if not values.get(column):
            raise UsageError(f"manifest '{manifest}', entry {number}: no {column}")
    transcript = values.get("transcript", "").strip()
    return Utterance(
        id=values["id"],
        path=manifest.parent / values["path"],
        transcript=transcript or None,
        speaker=values.get("speaker", ""),
        sex=values.get("sex", ""),
        extra={key: value for key, value in values.items() if key not in NAMED and value},
    )
