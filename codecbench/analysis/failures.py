"""What did not come to a figure, grouped so that one cause is one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codecbench.store.rows import CodingRow, Results, ScoreRow, Status

CODING = "coding"
ORDER: tuple[Status, ...] = ("failed", "abstained", "skipped", "ok")


@dataclass(frozen=True)
class Place:
    """Where it happened: the points of one codec × checkpoint."""

    codec: str
    checkpoint: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class FailureGroup:
    """Cells that share a status and a reason. `what` is `coding` or the metric's id."""

    what: str
    status: Status
    reason: str
    places: tuple[Place, ...]
    utterances: tuple[str, ...]
    cells: int


Cell = tuple[str, str, str, str, int]
"""Codec, checkpoint, point, utterance, seed."""


def group_failures(results: Results) -> tuple[FailureGroup, ...]:
    """Failed first. A cell whose coding is not ok is listed once, not once more for each metric."""
    found: dict[tuple[str, Status, str], list[Cell]] = {}
    coded = {_cell(row): row.status for row in results.codings}
    rows: list[tuple[str, CodingRow | ScoreRow]] = [(CODING, row) for row in results.codings]
    rows += [(row.metric, row) for row in results.scores if coded.get(_cell(row), "ok") == "ok"]
    for what, row in rows:
        if row.status != "ok":
            found.setdefault((what, row.status, row.reason or "no reason given"), []).append(_cell(row))
    groups = [FailureGroup(*key, _places(at), _unique(cell[3] for cell in at), len(at)) for key, at in found.items()]
    return tuple(sorted(groups, key=lambda group: ORDER.index(group.status)))


def _cell(row: CodingRow | ScoreRow) -> Cell:
    return (row.codec, row.checkpoint, row.point, row.utterance, row.seed)


def _places(cells: Iterable[Cell]) -> tuple[Place, ...]:
    points: dict[tuple[str, str], list[str]] = {}
    for codec, checkpoint, point, _, _ in cells:
        points.setdefault((codec, checkpoint), []).append(point)
    return tuple(Place(*codec, _unique(at)) for codec, at in points.items())


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
