"""The record of frozen scores: that of codecbench's own metrics is committed beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path

FILE = "frozen.json"


@dataclass(frozen=True)
class FrozenMetric:
    """Of one metric, by the id of the signal: `values`, or in `without` the status of what has no value."""

    version: str
    values: Mapping[str, float]
    without: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FrozenScores:
    """`libraries` are the versions that the scores were made with; `metrics` by id.

    `missing` says of metrics that could not be scored why; it is not recorded.
    """

    libraries: Mapping[str, str]
    metrics: Mapping[str, FrozenMetric]
    missing: Mapping[str, str] = field(default_factory=dict)


def own_file() -> Path:
    return Path(str(files(__package__) / FILE))


def read_frozen(path: Path | None = None) -> FrozenScores:
    """What was recorded: in `path`, or of codecbench's own metrics."""
    told = json.loads((path or own_file()).read_text(encoding="utf-8"))
    return FrozenScores(told["libraries"], {name: FrozenMetric(**one) for name, one in told["metrics"].items()})


def write_frozen(scores: FrozenScores, path: Path | None = None) -> Path:
    """Returns where they are now."""
    path = path or own_file()
    told = {"libraries": scores.libraries, "metrics": {name: asdict(one) for name, one in scores.metrics.items()}}
    path.write_text(json.dumps(told, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return path
