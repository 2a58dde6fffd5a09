"""Folders of an older codecbench are read as they are, for reading must not write: some lack tables, some columns."""

from __future__ import annotations

import sqlite3
from typing import Any


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (name,)).fetchone() is not None


def later(row: sqlite3.Row, column: str) -> Any | None:
    """What `row` has in a column that folders of before it do not have; None there."""
    try:
        return row[column]
    except IndexError:
        return None
