"""Parquet with audio in it, as the Hub keeps datasets: each row's bytes become a file, the rest a manifest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from codecbench.api.dataset import LANGUAGE, LANGUAGE_CODE
from codecbench.datasets.columns import PARTS, meant, plain
from codecbench.datasets.folder import SUFFIXES
from codecbench.datasets.layouts.joining import sex_of
from codecbench.errors import UsageError

MANIFEST = "manifest.jsonl"
AUDIO = "audio"
ROWS = 32
"""At once: audio is large."""
FORMATS = (
    (re.compile(rb"fLaC"), ".flac"), (re.compile(rb"RIFF"), ".wav"), (re.compile(rb"OggS"), ".ogg"),
    (re.compile(rb"ID3|\xff[\xe0-\xff]"), ".mp3"),
)  # fmt: skip
"""By the first bytes of a file."""


def write_speech(files: Sequence[Path], folder: Path, split: str) -> None:
    """Every row of `files` into `folder`: NNNNNN.flac and the like, and a manifest.

    Raises:
        UsageError: pyarrow is not installed, a file is no Parquet, it has no audio, or a row has none.
    """
    manifest = []
    for number, row in enumerate(_rows(files)):
        audio = row.pop(AUDIO)
        where = f"row {number} of split '{split}'"
        content = audio and audio.get("bytes")
        if not content:
            raise UsageError(f"{where} has no audio in it, only the name {(audio or {}).get('path')!r}")
        name = f"{number:06}{_suffix(content, str(audio.get('path') or ''), where)}"
        (folder / name).write_bytes(content)
        manifest.append({**_described(row), "path": name})
    if not manifest:
        raise UsageError(f"split '{split}' has no rows")
    ids = [row.get("id") for row in manifest]
    if None in ids or len(set(ids)) < len(ids):
        manifest = [{**row, "id": f"{split.replace('/', '-')}-{number:06}"} for number, row in enumerate(manifest)]
    lines = (json.dumps(row, ensure_ascii=False) for row in manifest)
    (folder / MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rows(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Their columns, of which the one with audio is called `AUDIO`."""
    try:
        arrow: Any = import_module("pyarrow")  # it has no types
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow: pip install 'codecbench[hub]'") from error
    for path in files:
        try:
            opened = parquet.ParquetFile(path)
            column = _audio_column(opened.schema_arrow, arrow, path)
            for batch in opened.iter_batches(batch_size=ROWS):
                for row in batch.to_pylist():
                    yield {**{key: value for key, value in row.items() if key != column}, AUDIO: row[column]}
        except (arrow.ArrowException, OSError) as error:
            raise UsageError(f"'{path.name}' cannot be read: {' '.join(str(error).split())}") from error


def _audio_column(schema: Any, arrow: Any, path: Path) -> str:
    found = [field.name for field in schema
             if arrow.types.is_struct(field.type) and field.type.get_field_index("bytes") >= 0]  # fmt: skip
    if AUDIO in found:
        return AUDIO
    if len(found) != 1:
        raise UsageError(f"'{path.name}' has {len(found)} columns with audio, expected one, or one called '{AUDIO}'; "
                         f"it has: {', '.join(schema.names)}")  # fmt: skip
    return str(found[0])


def _suffix(content: bytes, named: str, where: str) -> str:
    suffix = next((suffix for start, suffix in FORMATS if start.match(content)), Path(named).suffix.lower())
    if suffix not in SUFFIXES:
        raise UsageError(f"{where}: its audio ({named or 'without a name'}) is of a format that is not read")
    return suffix


def _described(row: Mapping[str, Any]) -> dict[str, str]:
    """The columns as a manifest has them; what would mean a part of a file there is of the whole here."""
    values: dict[str, str] = {}
    for column, value in row.items():
        name = meant(column) or column
        if name == "path" or plain(column) in PARTS or not isinstance(value, (str, int, float)):
            continue
        text = sex_of(str(value)) if name == "sex" else str(value).strip()
        if name == LANGUAGE and not LANGUAGE_CODE.fullmatch(text):  # a number that stands for one, or its name
            name = f"{column} as given"
        if text:
            values.setdefault(name, text)
    return values
