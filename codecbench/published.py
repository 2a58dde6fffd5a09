"""Figures that papers report, each with its source and what it was measured on: markers in reports, never a gate."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from math import isfinite
from pathlib import Path
from typing import Any, Literal, get_args

from codecbench.errors import UsageError

SOURCE_KEYS = ("id", "reference", "url", "dataset", "conditions", "convention", "secondary", "figures")
PLACE_KEYS = ("codec", "checkpoint", "model", "kbps")
METRICS = (
    "pesq", "stoi", "estoi", "si_sdr", "wer", "speaker_similarity", "visqol", "parameters", "macs_per_s", "latency_ms",
    "rtf",
)  # fmt: skip
"""Rates are fractions."""

UNKNOWN = "unknown"
PESQBand = Literal["wide", "narrow", "unknown"]
MACCounter = Literal["structural", "ptflops", "unknown"]
"""`structural`: each multiplication once, as codecbench counts. ptflops multiplies transposed convolutions by their
stride."""
CONVENTIONS: Mapping[str, str] = {
    "pesq": "pesq_band", "wer": "wer_recognizer", "speaker_similarity": "similarity_encoder",
    "macs_per_s": "macs_counter",
}  # fmt: skip
"""What decides whether a figure can be set beside another of its metric: a source with such a figure has the key."""
CONVENTION_KEYS = ("pesq_band", "wer_recognizer", "similarity_encoder", "macs_counter")
CHOICES: Mapping[str, tuple[str, ...]] = {"pesq_band": get_args(PESQBand), "macs_counter": get_args(MACCounter)}
"""Keys that are one of few words; the others name a model. All may be `unknown`."""


@dataclass(frozen=True)
class PublishedSource:
    """One table of a paper. `secondary` marks a transcription that was not checked against the paper.

    The last four are None where the source has no such figure, and `unknown` where it does not say.
    """

    id: str
    reference: str
    url: str
    dataset: str
    conditions: str
    convention: str
    secondary: bool
    pesq_band: PESQBand | None = None
    wer_recognizer: str | None = None
    similarity_encoder: str | None = None
    macs_counter: MACCounter | None = None
    asked: bool = False
    """Of a reader's own file: shown also of codecs and at rates that the run does not have."""


@dataclass(frozen=True)
class PublishedFigure:
    """One number. `checkpoint` None: this project does not know it, and `model` has what the paper tells of it."""

    codec: str
    checkpoint: str | None
    kbps: float
    metric: str
    value: float
    source: PublishedSource
    model: str = UNKNOWN

    @property
    def name(self) -> str:
        """`encodec:facebook-24khz`; only `encodec` where the weights are not known."""
        return self.codec if self.checkpoint is None else f"{self.codec}:{self.checkpoint}"

    @property
    def convention(self) -> str | None:
        """Band, recognizer, encoder or counter of this figure; None where its metric has one way only."""
        key = CONVENTIONS.get(self.metric)
        return None if key is None else getattr(self.source, key) or UNKNOWN


@cache
def published() -> tuple[PublishedFigure, ...]:
    """The figures that codecbench ships."""
    with as_file(files("codecbench") / "published.toml") as path:
        return load_published(path)


def all_published(own: Path | None) -> tuple[PublishedFigure, ...]:
    """The shipped figures with those of a reader's `own` file before them, whose sources replace those of like id.

    Raises UsageError for a file that cannot be read.
    """
    mine = () if own is None else load_published(own, asked=True)
    ids = {figure.source.id for figure in mine}
    return (*mine, *(figure for figure in published() if figure.source.id not in ids))


def load_published(path: Path, *, asked: bool = False) -> tuple[PublishedFigure, ...]:
    """All figures of a `published.toml`. Raises UsageError, naming the source and what is wrong with it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"'{path}' cannot be read: {error}") from error
    figures: list[PublishedFigure] = []
    seen: set[str] = set()
    entries = document.get("source")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not entries:
        raise UsageError(f"'{path}' has no [[source]]: docs/tables.md shows the format")
    for entry in entries:
        source = replace(_source(entry, path), asked=asked)
        if source.id in seen:
            raise UsageError(f"'{path}': source '{source.id}' is listed twice")
        seen.add(source.id)
        for number, row in enumerate(entry["figures"]):
            figures += _figures(row, source, f"'{path}': source '{source.id}', figure {number + 1}")
    return tuple(figures)


def _source(entry: Mapping[str, Any], path: Path) -> PublishedSource:
    what = f"'{path}': source '{entry.get('id', '?')}'"
    needed = {*SOURCE_KEYS, *_conventions(entry.get("figures"))}
    missing, unknown = needed - set(entry), set(entry) - {*SOURCE_KEYS, *CONVENTION_KEYS}
    if missing or unknown:
        wrong = f"lacks '{min(missing)}'" if missing else f"has an unknown key '{min(unknown)}'"
        raise UsageError(f"{what} {wrong}; needed for its figures: {', '.join(sorted(needed))}")
    for key in (*SOURCE_KEYS[:6], *sorted(set(entry) & set(CONVENTION_KEYS))):
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise UsageError(f"{what}: {key} must not be empty; where it is not known: '{UNKNOWN}'")
        if key in CHOICES and entry[key] not in CHOICES[key]:
            raise UsageError(f"{what}: {key} must be one of {', '.join(CHOICES[key])}, got '{entry[key]}'")
    if not isinstance(entry["secondary"], bool) or not isinstance(entry["figures"], list) or not entry["figures"]:
        raise UsageError(f"{what}: secondary must be true or false, figures a list that is not empty")
    return PublishedSource(*(entry[key] for key in SOURCE_KEYS[:7]), *map(entry.get, CONVENTION_KEYS))


def _conventions(rows: Any) -> set[str]:
    """Keys that a source needs for the figures it has."""
    known = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {CONVENTIONS[metric] for row in known for metric in row if metric in CONVENTIONS}


def _figures(row: Any, source: PublishedSource, what: str) -> list[PublishedFigure]:
    if not isinstance(row, dict) or not isinstance(row.get("codec"), str) or not _positive(row.get("kbps")):
        raise UsageError(f"{what}: it needs a codec and a positive kbps, got {row!r}")
    named = [row[key] for key in ("checkpoint", "model") if key in row]
    if len(named) != 1 or not isinstance(named[0], str) or not named[0].strip():
        raise UsageError(f"{what}: it needs a checkpoint of this project, or else a model (which may be '{UNKNOWN}')")
    values = {name: value for name, value in row.items() if name not in PLACE_KEYS}
    if not values:
        raise UsageError(f"{what}: it has no metric; known: {', '.join(METRICS)}")
    for name, value in values.items():
        if name not in METRICS:
            raise UsageError(f"{what}: unknown metric '{name}'; known: {', '.join(METRICS)}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
            raise UsageError(f"{what}: {name} must be a number, got {value!r}")
    return [
        PublishedFigure(row["codec"], row.get("checkpoint"), float(row["kbps"]), name, float(value), source, named[0])
        for name, value in values.items()
    ]


def _positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value) and value > 0
