"""A run as the Hugging Face Hub has it: a model's `.eval_results/*.yaml`, and the benchmark's dataset repository.

The formats are the Hub's "Evaluation Results" (huggingface.co/docs/hub/eval-results, read 2026): an entry has
`dataset.id`, `dataset.task_id`, `value`, and may have `date`, `source` and `notes`; a benchmark's `eval.yaml` has
`name`, `description`, `evaluation_framework` and `tasks`. A model that was measured in several ways has a file for each
of them: here, for each operating point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import yaml

from codecbench.analysis.scores import MetricSummary
from codecbench.analysis.summary import Row, Summary
from codecbench.errors import UsageError
from codecbench.export.card import benchmark_card
from codecbench.export.writing import TextFile
from codecbench.printing.figures import Style, kbps
from codecbench.store.facts import MetricFacts
from codecbench.store.rows import StoredResults

REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
FRAMEWORK = "codecbench"
DIGITS = 6


def hub_files(results: StoredResults, summary: Summary, dataset_id: str, source: str = "") -> tuple[TextFile, ...]:
    """`models/CODEC/CHECKPOINT/.eval_results/*.yaml` of each codec and point, and `dataset/` with the benchmark.

    `dataset_id` (`owner/name`) is the benchmark's repository; `source` an address where the run can be looked at.

    Raises:
        UsageError: `dataset_id` is none, or no metric that has a better side has a figure.
    """
    if not REPOSITORY.fullmatch(dataset_id):
        raise UsageError(f"--dataset-id '{dataset_id}': expected owner/name, the benchmark's repository on the Hub")
    rows = [row for row in summary.rows if not row.self_check and any(_judged(row, summary))]
    if not rows:
        raise UsageError("nothing to export: no codec has a figure in a metric that has a better side")
    tasks = [
        name
        for name in summary.metric_order()
        if any(name == judged for row in rows for judged in _judged(row, summary))
    ]
    models = [TextFile(_place(row), _as_yaml(_entries(row, summary, dataset_id, source))) for row in rows]
    return *models, *benchmark_card(results, summary, tasks, dataset_id, FRAMEWORK)


def _judged(row: Row, summary: Summary) -> Iterator[str]:
    """Metrics with a figure that says whether a codec is good."""
    for name, score in row.scores.items():
        if score.mean is not None and summary.metrics[name].higher_is_better is not None:
            yield name


def _place(row: Row) -> PurePosixPath:
    names = (quote(part, safe="@+ ,") for part in (row.codec, row.checkpoint))
    point = re.sub(r"[^\w.+-]", "_", row.point)
    return PurePosixPath("models", *names, ".eval_results", f"codecbench_{point}.yaml")


def _entries(row: Row, summary: Summary, dataset_id: str, source: str) -> list[dict[str, Any]]:
    return [
        _entry(row, name, summary, dataset_id, source)
        for name in summary.metric_order()
        if name in set(_judged(row, summary))
    ]


def _entry(row: Row, metric: str, summary: Summary, dataset_id: str, source: str) -> dict[str, Any]:
    facts, score = summary.metrics[metric], row.scores[metric]
    entry: dict[str, Any] = {
        "dataset": {"id": dataset_id, "task_id": metric},
        "value": float(f"{(score.mean or 0.0) * Style.of(facts).factor:.{DIGITS}g}"),
        "date": str(summary.run.get("created") or "")[:10],
        "notes": _notes(row, facts, score, summary),
    }
    if source:
        entry["source"] = {"url": source, "name": f"codecbench run {summary.run.get('run_id')}"}
    return {name: value for name, value in entry.items() if value}


def _notes(row: Row, facts: MetricFacts, score: MetricSummary, summary: Summary) -> str:
    """What a value is without which nobody should compare it."""
    style, run, known = Style.of(facts), summary.run, summary.speakers is not None
    spread = style.interval(score)
    parts = [
        f"{row.point} kbps nominal" if row.nominal_kbps is not None else f"operating point {row.point}",
        f"{kbps(row.rate.measured_kbps)} kbps measured" if row.rate.measured_kbps is not None else "",
        f"{facts.title} version {facts.version}{f', in {style.unit}' if style.unit else ''}",
        f"95 % interval {spread}" if spread else "",
        f"{score.n} of {score.planned} utterances" + (f", {score.speakers} speakers" if known else ""),
        _weights(row, summary),
        f"condition {summary.condition}",
        f"run {run.get('run_id')}, codecbench {run.get('codecbench')}",
    ]
    return "; ".join(part for part in parts if part)


def _weights(row: Row, summary: Summary) -> str:
    """Which weights they are, where the codec has any: a name says little."""
    found = next((codec.weights_sha256 for codec in summary.codecs if codec.codec_id == row.codec_id), None)
    return f"weights {found[:12]}" if found else ""


def _as_yaml(value: Any) -> str:
    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
    return text
