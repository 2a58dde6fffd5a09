"""The court's record: what was tried, under what conditions, and each verdict. The built-in metrics' is committed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from codecbench.api import MetricCard, UsageError
from codecbench.court.battery import BATTERY, IDENTITY, NULLS
from codecbench.court.verdict import Cell, Figure, NullRange, judge, null_range, starting_points

SCHEMA = 1
DIGITS = 6
"""Significant ones of what is written: enough to hold a measurement against it."""


@dataclass(frozen=True)
class Tried:
    """One metric: `cells` by distortion. `recognizer` is None where it does not use one."""

    metric: str
    version: str
    dataset: str
    recognizer: str | None
    null: NullRange
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Record:
    """`datasets` has the revision of each, `recognizer` the id and version, or None."""

    seed: int
    datasets: Mapping[str, str]
    recognizer: str | None
    tried: Mapping[str, Tried]

    @property
    def failed(self) -> bool:
        """Whether any metric failed on anything."""
        return any(cell.verdict == "failed" for one in self.tried.values() for cell in one.cells.values())


def judge_metric(card: MetricCard, dataset: str, recognizer: str | None, evidence: Mapping[str, list[Figure]]) -> Tried:
    """`evidence` has the figures by change, those of `BATTERY` and of `NULLS`."""
    nulls = {change.id: evidence[change.id] for change in NULLS}
    start, is_null = starting_points(evidence[IDENTITY], nulls)
    better = card.higher_is_better
    null = null_range(start, nulls, is_null, better is not None)
    cells = {distortion.id: judge(start, evidence[distortion.id], null, better) for distortion in BATTERY}
    heard = recognizer if card.uses_recognizer else None
    return Tried(card.id, card.version, dataset, heard, null, cells)


def as_json(record: Record) -> dict[str, Any]:
    tried = {
        name: {key: value for key, value in vars(one).items() if key not in ("metric", "null", "cells")}
        | {"null": _short(vars(one.null)), "cells": {key: _short(vars(cell)) for key, cell in one.cells.items()}}
        for name, one in record.tried.items()
    }
    return {"schema": SCHEMA, **{k: v for k, v in vars(record).items() if k != "tried"}, "metrics": tried}


def dumps(record: Record) -> str:
    """A line for each cell, so that two records can be compared by eye."""
    text = json.dumps(as_json(record), indent=1, allow_nan=False, ensure_ascii=False)
    return _one_line_cells(text) + "\n"


def loads(text: str, name: str) -> Record:
    """Raises UsageError where it is not a court's record."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise UsageError(
                f"'{name}' is a court's record of schema {document['schema']}, this codecbench reads {SCHEMA}"
            )
        tried = {
            metric: Tried(
                metric, one["version"], one["dataset"], one["recognizer"], NullRange(**one["null"]),
                {key: Cell(**cell) for key, cell in one["cells"].items()},
            )
            for metric, one in document["metrics"].items()
        }  # fmt: skip
        return Record(document["seed"], document["datasets"], document["recognizer"], tried)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"'{name}' is no court's record ({error!r}); `codecbench court --out {name}` makes one"
        ) from error


def load_record(path: Path) -> Record:
    """Raises UsageError where there is none, or it cannot be read."""
    try:
        return loads(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise UsageError(f"'{path}' cannot be read: {error.strerror}") from error


@cache
def built_in_record() -> Record:
    """The committed one."""
    return loads((files("codecbench.court") / "court.json").read_text(encoding="utf-8"), "codecbench/court/court.json")


def _short(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value for key, value in values.items()}


def _one_line_cells(text: str) -> str:
    """`json.dumps` puts each figure on a line of its own; the innermost objects fit one."""
    lines: list[str] = []
    inner: list[str] | None = None
    for line in text.splitlines():
        if line.endswith("{"):
            if inner is not None:
                lines += inner
            inner = [line]
        elif inner is not None:
            inner.append(line)
            if line.strip().startswith("}"):
                lines.append(inner[0] + " ".join(part.strip() for part in inner[1:]))
                inner = None
        else:
            lines.append(line)
    return "\n".join(lines)
