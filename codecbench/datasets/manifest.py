"""A dataset from a manifest: TSV, CSV or JSON lines with id, path, and where known transcript, speaker, sex, reference.

Every cell and every column is accounted for: it is read, kept as `extra`, or refused. What is passed over in silence
would be a transcript that ends at its first comma, or a whole recording where a row means a part of it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from codecbench.api import Dataset, Utterance
from codecbench.datasets import columns
from codecbench.datasets.warnings import utterance_warnings
from codecbench.errors import UsageError

SUFFIXES = (".tsv", ".csv", ".jsonl")
NAMED = frozenset(columns.NAMED)


def read_manifest(path: Path, name: str | None = None, synthetic: bool = False) -> Dataset:
    """The dataset that `path` lists; audio paths are relative to it. Its further columns are kept as `extra`.

    Raises:
        UsageError: not a manifest, a column or a value is missing or too many, or an id is there twice.
    """
    rows = manifest_rows(path)
    utterances: dict[str, Utterance] = {}
    there: dict[str, None] = {}
    for number, row in enumerate(rows, start=1):
        utterance = utterance_of(row, path)
        if not row.keys() <= there.keys():
            there |= dict.fromkeys(row)
        if utterance.id in utterances:
            first = list(utterances).index(utterance.id) + 1
            raise UsageError(
                f"manifest '{path}': duplicate utterance id '{utterance.id}' (entries {first} and {number})"
            )
        utterances[utterance.id] = utterance
    listed = tuple(utterances.values())
    return Dataset(name or manifest_name(path), listed, synthetic, (*columns.notes(there), *utterance_warnings(listed)))


def manifest_name(path: Path) -> str:
    """What its dataset is called. Every second manifest is called "manifest": its folder's name says more."""
    return path.resolve().parent.name if path.stem == "manifest" else path.stem


def manifest_rows(path: Path, required: Sequence[str] = columns.REQUIRED) -> list[Mapping[str, str]]:
    """The entries of a manifest as they are written, a value for each of the `required` columns at least.

    Raises:
        UsageError: not a manifest, one of no entry, a column or a value is missing or too many.
    """
    try:
        rows = list(_rows(path, required))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError, csv.Error) as error:
        raise UsageError(f"manifest '{path}' cannot be read: {error}") from error
    if not rows:
        raise UsageError(f"manifest '{path}' lists no utterance")
    for number, row in enumerate(rows, start=1):
        if lacking := [column for column in required if not row.get(column)]:
            raise UsageError(f"manifest '{path}', entry {number}: no {' and no '.join(lacking)}")
    return rows


def _rows(path: Path, required: Sequence[str]) -> Iterator[Mapping[str, str]]:
    if path.suffix not in SUFFIXES:
        raise UsageError(f"manifest '{path}': expected one of {', '.join(SUFFIXES)}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix == ".jsonl":
            yield from _json_rows(file, path, required)
        # TSV is read without quoting: a transcript may start with a quotation mark.
        elif path.suffix == ".tsv":
            yield from _table_rows(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), path, required)
        else:
            # Not strict, a quotation mark that is left open would swallow the rows below it.
            yield from _table_rows(csv.reader(file, strict=True), path, required)


def _table_rows(
    reader: Iterator[list[str]], path: Path, required: Sequence[str]
) -> Iterator[Mapping[str, str]]:  # fmt: skip
    header = next(reader, [])
    if problem := columns.problem(header, required):
        raise UsageError(f"manifest '{path}' {problem}")
    for number, cells in enumerate(filter(None, reader), start=1):
        if len(cells) != len(header):
            quoted = "; a text with commas in it stands in double quotes" if path.suffix == ".csv" else ""
            raise UsageError(
                f"manifest '{path}', entry {number} ('{_short(cells[0])}'): {len(cells)} cells under {len(header)} "
                f"columns ({', '.join(header)[:120]}){quoted}"
            )
        row = dict(zip(header, cells, strict=True))
        if (several := _of_several_lines(row)) is not None:
            raise UsageError(
                f"manifest '{path}', entry {number} ('{_short(cells[0])}'): its {several} has several lines; "
                "is a quotation mark missing?"
            )
        yield row


def _of_several_lines(row: Mapping[str, str]) -> str | None:
    """The column, of those that are read, in which a text has a line break."""
    if "".join(row.values()).isprintable():  # nearly always: lists may be of hundreds of thousands of lines
        return None
    return next((name for name in columns.NAMED if len(row.get(name, "").splitlines()) > 1), None)


def _short(text: str) -> str:
    return " ".join(text.split())[:40]


def _json_rows(lines: Iterator[str], path: Path, required: Sequence[str]) -> Iterator[Mapping[str, str]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        pairs = json.loads(line, object_pairs_hook=_Pairs)
        if not isinstance(pairs, _Pairs):
            raise UsageError(f"manifest '{path}', line {number}: expected a JSON object")
        if problem := columns.problem([key for key, _ in pairs], required):
            raise UsageError(f"manifest '{path}', line {number} {problem}")
        row = {key: value for key, value in pairs if value is not None}
        for key, value in row.items():
            if not isinstance(value, (str, int, float)) or isinstance(value, bool):
                kind = "an object" if isinstance(value, _Pairs) else type(value).__name__
                raise UsageError(f"manifest '{path}', line {number}: '{key}' must be text or a number, not {kind}")
        yield {key: str(value) for key, value in row.items()}


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it is written, with a key that is there twice."""


def utterance_of(row: Mapping[str, str], manifest: Path) -> Utterance:
    """An entry of `manifest_rows` as an utterance: what is not read of it is its `extra`."""
    return Utterance(
        row["id"],
        manifest.parent / row["path"] if row.get("path") else None,
        row.get("transcript", "").strip() or None,
        row.get("speaker", ""),
        row.get("sex", ""),
        {key: value for key, value in row.items() if value and key not in NAMED},
        manifest.parent / row["reference"] if row.get("reference") else None,
    )
