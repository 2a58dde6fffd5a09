"""What did not come to a figure, grouped so that one cause is one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codecbench.store.ids import CellPlace, CodecId, OfCodec
from codecbench.store.rows import CodingRow, ScoreRow, Status, StoredResults

CODING = "coding"
ORDER: tuple[Status, ...] = ("failed", "abstained", "skipped", "ok")


@dataclass(frozen=True)
class FailedPoints(OfCodec):
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
    places: tuple[FailedPoints, ...]
    utterances: tuple[str, ...]
    cells: int


def group_failures(results: StoredResults) -> tuple[FailureGroup, ...]:
    """Failed first. A cell whose coding is not ok is listed once, not once more for each metric."""
    places: dict[tuple[str, Status, str], list[CellPlace]] = {}
    stopped = [row for row in results.codings if row.status != "ok"]
    listed = {row.cell for row in stopped}
    rows: list[tuple[str, CodingRow | ScoreRow]] = [(CODING, row) for row in stopped]
    rows += [(row.metric, row) for row in results.scores if row.status != "ok" and row.cell not in listed]
    for what, row in rows:
        places.setdefault((what, row.status, row.reason or "no reason given"), []).append(row.cell)
    groups = [
        FailureGroup(*key, _places(at), _unique(cell.utterance for cell in at), len(at)) for key, at in places.items()
    ]
    return tuple(sorted(groups, key=lambda group: ORDER.index(group.status)))


def _places(cells: Iterable[CellPlace]) -> tuple[FailedPoints, ...]:
    points: dict[CodecId, list[str]] = {}
    for cell in cells:
        points.setdefault(cell.codec_id, []).append(cell.point)
    return tuple(FailedPoints(*codec_id, _unique(at)) for codec_id, at in points.items())


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
