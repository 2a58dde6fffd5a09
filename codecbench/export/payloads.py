"""A codec's payloads as files, with the manifest by which `codecbench run --payloads` decodes them again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from codecbench.errors import UsageError
from codecbench.store import Store
from codecbench.store.rows import CodingRow, StoredResults, UtteranceRow, audio_file
from codecbench.store.writing import batched
from codecbench.whole_files import replaced

AT_ONCE = 500
"""Payloads that are in memory together."""
MANIFEST = "manifest.jsonl"


def write_payloads(results: StoredResults, folders: Sequence[Path], out: Path) -> int:
    """The payloads of the one codec of `results`, which are of the runs in `folders`, into `out`; returns how many.

    Of a stochastic decoder's seeds the payloads are alike: the first one's are written. The manifest comes last.

    Raises:
        UsageError: the results are of several codecs, or none of their codings has a payload.
        OSError: a file cannot be written.
    """
    left = _coded(results)
    utterances = {row.id: row for row in results.utterances}
    entries = []
    for folder in folders:
        with Store(folder) as store:
            for some in batched(list(left.values()), AT_ONCE):
                payloads = store.payloads(row.key for row in some)
                for row in some:
                    if row.key in payloads:
                        file = _written(payloads[row.key], row, out)
                        entries.append(_entry(utterances[row.utterance], left.pop(row.key), file))
    with replaced(out / MANIFEST) as partial:
        lines = (json.dumps(entry, ensure_ascii=False) for entry in entries)
        partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(entries)


def _coded(results: StoredResults) -> dict[str, CodingRow]:
    """Of each operating point and utterance one coding that has a payload, by its key."""
    codecs = list(dict.fromkeys(row.codec_id.spec for row in results.codings))
    if len(codecs) > 1:
        raise UsageError(f"--format payloads: of one codec at a time; choose by --codecs among {', '.join(codecs)}")
    first: dict[tuple[str, str], CodingRow] = {}
    for row in results.codings:
        place = (row.point, row.utterance)
        if row.status == "ok" and row.payload_bytes is not None and row.seed <= first.get(place, row).seed:
            first[place] = row
    if not first:
        raise UsageError("--format payloads: no coding has a payload")
    return {row.key: row for row in first.values()}


def _written(payload: bytes, coded: CodingRow, out: Path) -> PurePosixPath:
    """Its file's place in `out`."""
    file = PurePosixPath(coded.point) / f"{audio_file(coded.utterance).removesuffix('.flac')}.bin"
    (out / file).parent.mkdir(parents=True, exist_ok=True)
    (out / file).write_bytes(payload)
    return file


def _entry(utterance: UtteranceRow, coded: CodingRow, file: PurePosixPath) -> dict[str, Any]:
    """Of the manifest. A column that is empty is not written."""
    known = {
        **utterance.extra, "id": utterance.id, "payload": str(file), "point": coded.point,
        "path": utterance.path, "transcript": utterance.transcript, "speaker": utterance.speaker, "sex": utterance.sex,
    }  # fmt: skip
    return {name: value for name, value in known.items() if value}
