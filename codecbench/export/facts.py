"""The run's facts that travel with a tidy table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from codecbench.store.rows import StoredResults

FACTS = ("run_id", "created", "codecbench", "dataset", "revision", "condition", "recognizer")


def run_facts(results: StoredResults) -> str:
    """What the rows were measured by and on, as JSON: it goes into the file's own metadata."""
    facts: dict[str, Any] = {name: results.meta.get(name) for name in FACTS}
    metrics = {name: _metric(facts.stored) for name, facts in results.metrics.items()}
    return json.dumps(facts | {"metrics": metrics}, ensure_ascii=False)


def _metric(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: card.get(name) for name in ("version", "description", "unit", "higher_is_better", "pooling")}
