"""The tables of a run's database: made where they are not, and brought up to date in an older codecbench's folder."""

from __future__ import annotations

import sqlite3
from importlib.resources import files

LATER_COLUMNS = (
    ("codings", "cut_level_db", "REAL"), ("codings", "clipped", "REAL"), ("codings", "peak", "REAL"),
    ("codecs", "other_weights", "INTEGER"), ("codecs", "settings", "TEXT"), ("codecs", "environment", "TEXT"),
    *((table, "invocation", "TEXT") for table in ("codings", "scores", "ladder")),
)  # fmt: skip


def make_layout(connection: sqlite3.Connection) -> None:
    """Every table, with every column. Rows that are there stay as they are."""
    schema = (files("codecbench.store") / "schema.sql").read_text()
    connection.executescript(schema)
    for table, column, kind in LATER_COLUMNS:
        if column not in {row[1] for row in _columns(connection, table)}:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    if any(
        name == "nominal_kbps" and required for (_, name, _, required, *_) in _columns(connection, "current_codings")
    ):
        _allow_points_without_a_rate(connection, schema)


def _allow_points_without_a_rate(connection: sqlite3.Connection, schema: str) -> None:
    """Once every point had a nominal bitrate. SQLite drops a constraint only with its table."""
    columns = "codec, checkpoint, point, utterance, seed, nominal_kbps, key, applied_delay_s"
    connection.executescript(
        f"BEGIN; ALTER TABLE current_codings RENAME TO older; {schema} "
        f"INSERT INTO current_codings ({columns}) SELECT {columns} FROM older; DROP TABLE older; COMMIT;"
    )


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[int, str, str, int]]:
    """(index, name, type, whether it must not be NULL, ...) of each."""
    return list(connection.execute(f"PRAGMA table_info({table})"))
