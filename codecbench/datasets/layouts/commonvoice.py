"""Common Voice: a language's folder with clips/ and lists of its splits (test.tsv, validated.tsv, ...).

Ardila et al., "Common Voice: a massively-multilingual speech corpus", LREC 2020. A row is a whole file, though there
may be a column `segment`: it names a part of the corpus.
"""

from __future__ import annotations

from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.api.dataset import LANGUAGE
from codecbench.datasets.layouts.files import entries, first_line, lines
from codecbench.datasets.layouts.joining import joined, sex_of
from codecbench.errors import UsageError

NAME = "commonvoice"
WHAT = "Common Voice: clips/, and TSV lists with client_id, path, sentence, locale"
CLIPS = "clips"
COLUMNS = {"client_id", "path", "sentence"}


def recognizes(place: Path) -> bool:
    """One of the lists, or a folder with some beside clips/."""
    return _is_list(place) or ((place / CLIPS).is_dir() and any(map(_is_list, entries(place))))


def _is_list(path: Path) -> bool:
    header = set(first_line(path).split("\t")) if path.suffix == ".tsv" else set()
    return header >= COLUMNS and "id" not in header


def read(place: Path) -> Dataset:
    path = place if place.is_file() else _only_list(place)
    header, *rows = [line.split("\t") for line in lines(path)] or [[]]
    if not set(header) >= COLUMNS:
        raise UsageError(f"'{path}' has no columns {', '.join(sorted(COLUMNS))}, which Common Voice's lists have")
    utterances: list[Utterance] = []
    for number, cells in enumerate(rows, start=1):
        if len(cells) != len(header):
            raise UsageError(f"'{path}', entry {number}: {len(cells)} cells under {len(header)} columns")
        row = dict(zip(header, cells, strict=True))
        utterances.append(_utterance(row, path.parent / CLIPS))
    return joined(f"{path.resolve().parent.name}-{path.stem}", path, utterances)


def _only_list(folder: Path) -> Path:
    lists = [path for path in entries(folder) if _is_list(path)]
    if len(lists) != 1:
        names = ", ".join(path.name for path in lists) or "none"
        raise UsageError(f"'{folder}' holds Common Voice's lists {names}; name one: --dataset {folder}/test.tsv")
    return lists[0]


def _utterance(row: dict[str, str], clips: Path) -> Utterance:
    spoken = {LANGUAGE: row["locale"]} if row.get("locale") else {}
    path = clips / row["path"]
    words = row["sentence"].strip() or None
    return Utterance(path.stem, path, words, row["client_id"], sex_of(row.get("gender", "")), spoken)
