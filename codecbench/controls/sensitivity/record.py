"""The record of a measurement: under what conditions, and each verdict. That of the built-in metrics is committed.

Its JSON keeps the names of its first schema (`cells` for reactions), so that older records can be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from codecbench.api import MetricCard, UsageError
from codecbench.controls.sensitivity.battery import BATTERY, IDENTITY, NULLS
from codecbench.controls.sensitivity.verdict import ClipFigure, NullRange, Reaction, judge, null_range, starting_points

SCHEMA = 1
DIGITS = 6
"""Significant ones of what is written: enough to hold a measurement against it."""
FILE = "sensitivity.json"
"""Its name in this package, and in the folder of a run whose report shows it."""


@dataclass(frozen=True)
class MetricSensitivity:
    """One metric: `reactions` by distortion. `recognizer` is None where it does not use one."""

    metric: str
    version: str
    dataset: str
    recognizer: str | None
    null: NullRange
    reactions: Mapping[str, Reaction]


@dataclass(frozen=True)
class Record:
    """`datasets` has the revision of each, `recognizer` the id and version, or None; `metrics` are by id."""

    seed: int
    datasets: Mapping[str, str]
    recognizer: str | None
    metrics: Mapping[str, MetricSensitivity]

    @property
    def failed(self) -> bool:
        """Whether any metric failed on anything."""
        reactions = (reaction for metric in self.metrics.values() for reaction in metric.reactions.values())
        return any(reaction.verdict == "failed" for reaction in reactions)


def judge_metric(
    card: MetricCard, dataset: str, recognizer: str | None, figures: Mapping[str, list[ClipFigure]]
) -> MetricSensitivity:
    """`figures` by change, those of `BATTERY` and of `NULLS`."""
    nulls = {change.id: figures[change.id] for change in NULLS}
    start, is_null = starting_points(figures[IDENTITY], nulls)
    better = card.higher_is_better
    null = null_range(start, nulls, is_null, better is not None)
    reactions = {distortion.id: judge(start, figures[distortion.id], null, better) for distortion in BATTERY}
    used = recognizer if card.uses_recognizer else None
    return MetricSensitivity(card.id, card.version, dataset, used, null, reactions)


def as_json(record: Record) -> dict[str, Any]:
    metrics = {
        name: {
            "version": metric.version, "dataset": metric.dataset, "recognizer": metric.recognizer,
            "null": _short(vars(metric.null)),
            "cells": {key: _short(vars(reaction)) for key, reaction in metric.reactions.items()},
        }
        for name, metric in record.metrics.items()
    }  # fmt: skip
    return {
        "schema": SCHEMA, "seed": record.seed, "datasets": record.datasets, "recognizer": record.recognizer,
        "metrics": metrics,
    }  # fmt: skip


def dumps(record: Record) -> str:
    """A line for each reaction, so that two records can be compared by eye."""
    text = json.dumps(as_json(record), indent=1, allow_nan=False, ensure_ascii=False)
    return _one_line_objects(text) + "\n"


def loads(text: str, name: str) -> Record:
    """Raises UsageError where it is not a sensitivity record."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise UsageError(
                f"'{name}' is a sensitivity record of schema {document['schema']}; this codecbench reads {SCHEMA}"
            )
        metrics = {
            metric: MetricSensitivity(
                metric, values["version"], values["dataset"], values["recognizer"], NullRange(**values["null"]),
                {key: Reaction(**reaction) for key, reaction in values["cells"].items()},
            )
            for metric, values in document["metrics"].items()
        }  # fmt: skip
        return Record(document["seed"], document["datasets"], document["recognizer"], metrics)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"'{name}' is not a sensitivity record ({error!r}); write one with: codecbench sensitivity --out {name}"
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
    return loads((files(__package__) / FILE).read_text(encoding="utf-8"), f"{__package__}/{FILE}")


def _short(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value for key, value in values.items()}


def _one_line_objects(text: str) -> str:
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
