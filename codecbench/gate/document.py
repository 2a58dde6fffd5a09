"""Baselines as JSON, schema 1: small and diffable, one line per metric. Every schema ever written is read for ever."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from codecbench.analysis.paired import Value
from codecbench.errors import UsageError
from codecbench.gate.baseline import SCHEMA, Baseline, BaselineRow, Payloads, Scores, Speaker
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import Place
from codecbench.whole_files import replaced


def write_document(baseline: Baseline, path: Path) -> None:
    """Write `path` whole or not at all. Raises UsageError where it cannot be written."""
    if path.is_dir():
        raise UsageError(f"--out '{path}' is a folder; give a file in it, for example {path / 'main.json'}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replaced(path) as partial:
            partial.write_text(as_text(baseline), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out '{path}' cannot be written: {error.strerror}") from error


def as_text(baseline: Baseline) -> str:
    """The file's text: rows by codec, checkpoint and bitrate, whatever the order of the run."""
    head = {
        "schema": SCHEMA,
        "codecbench": baseline.codecbench,
        "dataset": {
            "id": baseline.dataset,
            "revision": baseline.revision,
            "condition": baseline.condition,
            "utterances": {
                name: _speaker(facts)
                for name, facts in sorted(baseline.utterances.items())
            },
        },
        "recognizer": baseline.recognizer,
        "machine": baseline.machine,
        "metrics": {name: dict(facts.stored) for name, facts in baseline.metrics.items()},
    }  # fmt: skip
    ordered = sorted(baseline.rows, key=lambda row: (row.place.codec, row.place.checkpoint, _kbps(row)))
    return _laid_out(head | {"rows": [_row(row) for row in ordered]}, 0) + "\n"


def read_document(path: Path) -> Baseline:
    """Raises UsageError for what is no baseline, or of a later schema than this codecbench knows."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"baseline '{path}' cannot be read: {error}") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema not in READERS:
        known = ", ".join(map(str, READERS))
        raise UsageError(f"baseline '{path}' has schema {schema!r}, this codecbench reads {known}; update codecbench")
    try:
        return READERS[schema](document, str(path))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise UsageError(f"baseline '{path}' is damaged ({what}); write it again: codecbench baseline write") from error


def _read_1(document: Mapping[str, Any], source: str) -> Baseline:
    """Required: dataset, rows, and of each row codec, checkpoint, point and metrics. The rest may be absent."""
    dataset = document["dataset"]
    rows = tuple(_read_row(row) for row in document["rows"])
    return Baseline(
        source=source,
        dataset=dataset["id"],
        revision=dataset["revision"],
        condition=dataset.get("condition", "wb"),
        utterances=_utterances(dataset, rows),
        metrics={name: MetricFacts.from_json(name, card) for name, card in document.get("metrics", {}).items()},
        rows=rows,
        recognizer=document.get("recognizer"),
        machine=document.get("machine"),
        codecbench=document.get("codecbench", ""),
    )


READERS: dict[int, Callable[[Mapping[str, Any], str], Baseline]] = {1: _read_1}


def _utterances(dataset: Mapping[str, Any], rows: tuple[BaselineRow, ...]) -> dict[str, Speaker]:
    if "utterances" in dataset:
        return {name: Speaker(*facts) for name, facts in dataset["utterances"].items()}
    names = {name for row in rows for scores in row.metrics.values() for name in scores.values}
    return {name: Speaker() for name in sorted(names)}


def _speaker(facts: Speaker) -> list[Any]:
    """Its fields without the empty ones at the end."""
    more = [facts.cluster, facts.revision] if facts.revision else [facts.cluster] if facts.cluster else []
    return [facts.name, facts.seconds, *more]


def _row(row: BaselineRow) -> dict[str, Any]:
    payloads = row.payloads or Payloads({})
    return {
        "codec": row.place.codec,
        "checkpoint": row.place.checkpoint,
        "point": row.place.point,
        "stochastic": row.stochastic,
        "figures": dict(row.figures),
        "speed": dict(row.speed),
        "payload_sha256": payloads.sha256,
        "payload_bytes": dict(sorted(payloads.sizes.items())),
        "metrics": {
            name: {
                "version": scores.version,
                "scores": {key: _plain(value) for key, value in sorted(scores.values.items())},
            }
            for name, scores in row.metrics.items()
        },
    }


def _read_row(row: Mapping[str, Any]) -> BaselineRow:
    sizes = row.get("payload_bytes") or {}
    return BaselineRow(
        place=Place(row["codec"], row["checkpoint"], row["point"]),
        metrics={
            name: Scores(entry["version"], {key: _read_value(value) for key, value in entry["scores"].items()})
            for name, entry in row["metrics"].items()
        },
        figures=row.get("figures", {}),
        payloads=Payloads(sizes, row.get("payload_sha256")) if sizes else None,
        speed=row.get("speed", {}),
        stochastic=row.get("stochastic", False),
    )


def _plain(value: Value) -> float | list[float]:
    """A corpus metric keeps numerator and denominator."""
    return value.numerator if value.denominator == 1.0 else [value.numerator, value.denominator]


def _read_value(value: Any) -> Value:
    pair = value if isinstance(value, list) else [value, 1.0]
    if len(pair) != 2 or not all(isinstance(n, (int, float)) and isfinite(n) for n in pair) or pair[1] < 0:
        raise ValueError(f"a score must be a number or [numerator, denominator], got {value!r}")
    return Value(float(pair[0]), float(pair[1]))


def _kbps(row: BaselineRow) -> float:
    try:
        return float(row.place.point)
    except ValueError:
        return 0.0


DEEPEST = 4
"""Nesting at which a value takes one line: `rows` / row / `metrics` / metric."""


def _laid_out(value: Any, depth: int) -> str:
    """Indented JSON in which a dictionary of plain values takes one line: a changed metric is a changed line."""
    if isinstance(value, dict) and depth < DEEPEST and any(isinstance(item, (dict, list)) for item in value.values()):
        lines = [f"{' ' * (depth + 1)}{_compact(key)}: {_laid_out(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{' ' * depth}}}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        lines = [f"{' ' * (depth + 1)}{_laid_out(item, depth + 1)}" for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{' ' * depth}]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
