"""What codecs cost, as the store keeps it: memory, speed, complexity and latency are rows of their own.

Each stands while it is of the codec and machine that it was measured of: that a machine was busy for one of them takes
nothing from the others. Readers get one `CostRow` of each operating point.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codecbench.store.facts import latency_kind
from codecbench.store.ids import Place, by_place
from codecbench.store.older import has_table, later
from codecbench.store.rows import UTTERANCE, CostKind, CostRow, Status

TABLE = "cost_figures"
BEFORE = "costs"
"""The table of folders of before: one row of each operating point, for all kinds."""


@dataclass(frozen=True)
class StoredCost:
    """What there is of one kind, measured in one mode: under which key, and whether it was a figure."""

    kind: CostKind
    mode: str
    key: str
    status: Status


def put(row: CostRow, key: str, invocation: str | None) -> tuple[str, Sequence[Any]]:
    """The statement that writes `row`, and its values."""
    values = dict(vars(row)) | {
        "figures": json.dumps(dict(row.figures)), "reasons": json.dumps(dict(row.reasons)), "key": key,
        "invocation": invocation,
    }  # fmt: skip
    marks = ", ".join("?" * len(values))
    return f"REPLACE INTO {TABLE} ({', '.join(values)}) VALUES ({marks})", list(values.values())


def stored(connection: sqlite3.Connection, place: Place) -> list[StoredCost]:
    """All that there is of an operating point."""
    rows = connection.execute(
        f"SELECT kind, mode, key, status FROM {TABLE} WHERE codec = ? AND checkpoint = ? AND point = ?", place
    )
    return [StoredCost(*row) for row in rows]


def read(connection: sqlite3.Connection) -> list[CostRow]:
    """Every row, those of folders of before first."""
    tables = [table for table in (BEFORE, TABLE) if has_table(connection, table)]
    return [_row(row) for table in tables for row in connection.execute(f"SELECT * FROM {table}")]


def joined(rows: Iterable[CostRow]) -> tuple[CostRow, ...]:
    """One row of each operating point: of each kind the figures that were measured best, the status of its speed."""
    return tuple(_one([*each]) for each in by_place(rows).values())


def _one(rows: Sequence[CostRow]) -> CostRow:
    ranked = sorted(rows, key=lambda row: (row.status == "ok", row.mode == "full"))  # stable: those of before first
    best = {row.kind: row for row in ranked}
    speed = best.get("speed", ranked[-1])
    figures = {name: value for row in best.values() for name, value in row.figures.items()}
    reasons = {name: reason for row in best.values() for name, reason in row.reasons.items()}
    kinds = [row.latency_kind for row in best.values() if row.latency_kind is not None]
    return replace(
        speed, figures=figures, reasons={name: why for name, why in reasons.items() if figures.get(name) is None},
        latency_kind=kinds[-1] if kinds else None,
    )  # fmt: skip


def _row(row: sqlite3.Row) -> CostRow:
    figures, reasons = json.loads(row["figures"]), json.loads(row["reasons"])
    # An older layout had no figure for a latency of the whole utterance, and this one word for the reason.
    figures |= {name: UTTERANCE for name, reason in reasons.items() if reason == UTTERANCE}
    return CostRow(
        row["codec"], row["checkpoint"], row["point"], row["mode"], row["status"], row["reason"], figures,
        {name: reason for name, reason in reasons.items() if reason != UTTERANCE},
        latency_kind(later(row, "latency_kind")), later(row, "kind") or "speed", later(row, "invocation") or "",
    )  # fmt: skip
