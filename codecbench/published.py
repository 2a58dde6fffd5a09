"""Figures that papers report, each with its source and what it was measured on: markers in reports, never a gate."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from math import isfinite
from pathlib import Path
from typing import Any

from codecbench.errors import UsageError

SOURCE_KEYS = ("id", "reference", "url", "dataset", "conditions", "convention", "secondary", "figures")
PLACE_KEYS = ("codec", "checkpoint", "kbps")
METRICS = (
    "pesq", "stoi", "estoi", "si_sdr", "wer", "speaker_similarity", "visqol", "parameters", "macs_per_s", "latency_ms",
    "rtf",
)  # fmt: skip
"""`pesq` where the paper does not say which band; rates are fractions."""


@dataclass(frozen=True)
class PublishedSource:
    """One table of a paper. `secondary` marks a transcription that was not checked against the paper."""

    id: str
    reference: str
    url: str
    dataset: str
    conditions: str
    convention: str
    secondary: bool


@dataclass(frozen=True)
class PublishedFigure:
    """One number. `checkpoint` None: a model of the authors' own, of which this project has no checkpoint."""

    codec: str
    checkpoint: str | None
    kbps: float
    metric: str
    value: float
    source: PublishedSource


@cache
def published() -> tuple[PublishedFigure, ...]:
    """The figures that codecbench ships."""
    with as_file(files("codecbench") / "published.toml") as path:
        return load_published(path)


def load_published(path: Path) -> tuple[PublishedFigure, ...]:
    """All figures of a `published.toml`. Raises UsageError, naming the source and what is wrong with it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"'{path}' cannot be read: {error}") from error
    figures: list[PublishedFigure] = []
    seen: set[str] = set()
    for entry in document.get("source", []):
        source = _source(entry, path)
        if source.id in seen:
            raise UsageError(f"'{path}': source '{source.id}' is listed twice")
        seen.add(source.id)
        for number, row in enumerate(entry["figures"]):
            figures += _figures(row, source, f"'{path}': source '{source.id}', figure {number + 1}")
    return tuple(figures)


def _source(entry: Mapping[str, Any], path: Path) -> PublishedSource:
    what = f"'{path}': source '{entry.get('id', '?')}'"
    missing, unknown = set(SOURCE_KEYS) - set(entry), set(entry) - set(SOURCE_KEYS)
    if missing or unknown:
        wrong = f"lacks '{min(missing)}'" if missing else f"has an unknown key '{min(unknown)}'"
        raise UsageError(f"{what} {wrong}; needed: {', '.join(SOURCE_KEYS)}")
    for key in SOURCE_KEYS[:6]:
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise UsageError(f"{what}: {key} must not be empty")
    if not isinstance(entry["secondary"], bool) or not isinstance(entry["figures"], list) or not entry["figures"]:
        raise UsageError(f"{what}: secondary must be true or false, figures a list that is not empty")
    return PublishedSource(*(entry[key] for key in SOURCE_KEYS[:7]))


def _figures(row: Any, source: PublishedSource, what: str) -> list[PublishedFigure]:
    if not isinstance(row, dict) or not isinstance(row.get("codec"), str) or not _positive(row.get("kbps")):
        raise UsageError(f"{what}: it needs a codec and a positive kbps, got {row!r}")
    values = {name: value for name, value in row.items() if name not in PLACE_KEYS}
    if not values:
        raise UsageError(f"{what}: it has no metric; known: {', '.join(METRICS)}")
    for name, value in values.items():
        if name not in METRICS:
            raise UsageError(f"{what}: unknown metric '{name}'; known: {', '.join(METRICS)}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
            raise UsageError(f"{what}: {name} must be a number, got {value!r}")
    return [
        PublishedFigure(row["codec"], row.get("checkpoint"), float(row["kbps"]), name, float(value), source)
        for name, value in values.items()
    ]


def _positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value) and value > 0
