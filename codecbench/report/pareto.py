"""The Pareto fronts of the cost chart: which marks are drawn how, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.analysis.pareto import COSTS, ParetoPoint, Status, pareto
from codecbench.analysis.rivals import Rivals
from codecbench.analysis.summary import Row, Summary
from codecbench.store.ids import point_text, short_point

COST_WORDS: Mapping[str, str] = {
    "macs_per_s": "MACs", "rtf": "RTF (encode + decode)", "latency_ms": "latency", "parameters": "parameters",
}  # fmt: skip


@dataclass(frozen=True)
class FrontText:
    """One front in words, `key` is that of the chart: `metric/cost`."""

    key: str
    title: str
    text: str


def front_texts(summary: Summary, rivals: Rivals) -> list[FrontText]:
    return [
        FrontText(f"{metric}/{cost}", f"{metric} against {COST_WORDS[cost]}", _text(points))
        for metric in rivals.metrics
        for cost in COSTS
        for points in [pareto(summary, rivals, metric, cost)]
    ]


def front_marks(summary: Summary, rivals: Rivals) -> dict[str, Any]:
    """By `metric/cost` and `series point`: by whom it is dominated, empty on the front; absent where not judged."""
    return {
        f"{metric}/{cost}": {
            f"{summary.series[one.row.codec_id]} {one.row.point}": _by(one)
            for one in pareto(summary, rivals, metric, cost)
            if one.status in ("front", "dominated")
        }
        for metric in rivals.metrics
        for cost in COSTS
    }


def _by(point: ParetoPoint) -> str:
    """Empty on the front."""
    return "" if point.by is None else f"{point.by.name} at {point_text(point.by.point)}"


def _place(row: Row) -> str:
    return f"{row.name} at {short_point(row.point)}"


def _text(points: Sequence[ParetoPoint]) -> str:
    front = _listed([one.row for one in points if one.status == "front"])
    parts = [f"Not dominated: {front}." if front else "No codec is on a front."]
    dominated = [f"{_place(one.row)} (by {_place(one.by)})" for one in points if one.by is not None]
    if dominated:
        parts.append(f"Dominated: {', '.join(dominated)}.")
    words: Mapping[Status, str] = {"alone": "No other codec at like bitrate", "unknown": "Cost not known"}
    for status, word in words.items():
        rows = [one.row for one in points if one.status == status]
        if rows:
            parts.append(f"{word}: {_listed(rows)}.")
    return " ".join(parts)


def _listed(rows: Sequence[Row]) -> str:
    """`dac at 1, 2 and opus at 6`: points by codec."""
    listed: dict[str, list[str]] = {}
    for row in rows:
        listed.setdefault(row.name, []).append(short_point(row.point))
    return "; ".join(f"{name} at {', '.join(points)}" for name, points in listed.items())
