"""The dataset repository of a benchmark on the Hub: its card, its tasks, and which recordings it is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import yaml

from codecbench.analysis.summary import Summary
from codecbench.export.writing import TextFile
from codecbench.names import visible
from codecbench.printing.figures import Style
from codecbench.store.facts import MetricFacts
from codecbench.store.rows import StoredResults
from codecbench.tables.delimited import safe
from codecbench.tables.markdown import escape

ITEMS = "utterances.csv"
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
"""The Hub's names of sizes."""


def benchmark_card(
    results: StoredResults, summary: Summary, tasks: Sequence[str], dataset_id: str, framework: str
) -> tuple[TextFile, ...]:
    """README.md, eval.yaml and the list of recordings: their ids and hashes alone, for the audio is somebody's."""
    folder = PurePosixPath("dataset")
    name = f"codecbench: {summary.run.get('dataset')} ({summary.condition})"
    return (
        TextFile(folder / "README.md", _readme(results, summary, tasks, dataset_id, name)),
        TextFile(folder / "eval.yaml", _tasks(tasks, framework, name)),
        TextFile(folder / ITEMS, _items(results)),
    )


def _readme(results: StoredResults, summary: Summary, tasks: Sequence[str], dataset_id: str, name: str) -> str:
    count = len(results.utterances)
    header = {
        "pretty_name": name,
        "language": sorted({row.language for row in results.utterances}),
        "task_categories": ["audio-to-audio"],
        "size_categories": [next((label for below, label in SIZES if count < below), "n>1M")],
        "tags": ["benchmark", "neural-audio-codec", "speech-codec", "codecbench"],
        "configs": [{"config_name": "default", "data_files": [{"split": "test", "path": ITEMS}]}],
    }
    return "\n".join([
        "---", yaml.safe_dump(header, sort_keys=False, allow_unicode=True).rstrip(), "---", f"# {escape(name)}", "",
        f"A codec encodes and decodes {count} recordings ({summary.seconds / 60:.1f} minutes); what comes out is held "
        "against what went in. A value is that of a codec at one operating point: its file in a model's "
        "`.eval_results/` has the nominal and the measured bitrate, the interval, and what of all recordings was "
        "scored.", "",
        f"`{ITEMS}` has the recordings' ids and the sha256 of their files. The recordings stay with whoever publishes "
        "them, under their licence.", "",
        *_facts(summary, dataset_id), "", "## Tasks", "", *_task_table(summary, tasks), "",
        "## Measure a codec", "", "```sh",
        f"codecbench run --codecs YOURS --dataset {summary.run.get('dataset')} --out results",
        f"codecbench export results --format hf --dataset-id {dataset_id} --out hub", "```", "",
    ])  # fmt: skip


def _facts(summary: Summary, dataset_id: str) -> list[str]:
    run = summary.run
    recognizer: Mapping[str, Any] = run.get("recognizer") or {}
    told = {
        "dataset": f"{run.get('dataset')}, revision {str(run.get('revision'))[:12]}",
        "repository": dataset_id,
        "condition": summary.condition,
        "speakers": "unknown" if summary.speakers is None else str(summary.speakers),
        "recognizer": str(recognizer.get("id") or "none"),
        "codecbench": str(run.get("codecbench")),
    }
    return [f"- {label}: {escape(value)}" for label, value in told.items()]


def _task_table(summary: Summary, tasks: Sequence[str]) -> list[str]:
    rows = ["| task | metric | unit | better | version | what it is |", "|---|---|---|---|---|---|"]
    for name in tasks:
        facts = summary.metrics[name]
        cells = (name, facts.title, Style.of(facts).unit, _side(facts), facts.version, facts.description)
        rows.append(f"| {' | '.join(escape(visible(cell)) for cell in cells)} |")
    return rows


def _side(facts: MetricFacts) -> str:
    return "higher" if facts.higher_is_better else "lower"


def _tasks(tasks: Sequence[str], framework: str, name: str) -> str:
    value = {
        "name": name,
        "description": f"Audio codecs on {len(tasks)} metrics, each at its operating points, over the same recordings.",
        "evaluation_framework": framework,
        "tasks": [{"id": task, "config": "default", "split": "test"} for task in tasks],
    }
    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
    return text


def _items(results: StoredResults) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["utterance", "sha256", "speaker", "language", "seconds"])
    for row in results.utterances:
        names = (safe(visible(text)) for text in (row.id, row.sha256, row.speaker, row.language))
        writer.writerow([*names, "" if row.seconds is None else repr(row.seconds)])
    return out.getvalue()
