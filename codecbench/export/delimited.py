"""A tidy table as CSV (RFC 4180): an empty field is a figure that is not there."""

from __future__ import annotations

import csv
from dataclasses import astuple
from pathlib import Path
from typing import Any

from codecbench.analysis.tidy import COLUMNS, tidy_rows
from codecbench.names import visible
from codecbench.store.rows import StoredResults
from codecbench.tables.delimited import safe
from codecbench.whole_files import replaced


def write_csv(results: StoredResults, out: Path) -> int:
    """Every current score to `out`, floats in full precision; returns how many. What is there is replaced when whole.

    A name that a spreadsheet would run as a formula gets an apostrophe before it. Raises OSError.
    """
    count = 0
    with replaced(out) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in tidy_rows(results):
            writer.writerow(map(_field, astuple(row)))
            count += 1
    return count


def _field(value: Any) -> str:
    if value is None:
        return ""
    return safe(visible(value)) if isinstance(value, str) else repr(value)
