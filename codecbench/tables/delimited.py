"""The table as CSV (RFC 4180, which knows no comments: each row carries its run's id instead)."""

from __future__ import annotations

import csv
import io

from codecbench.names import visible
from codecbench.tables.table import Table, TableCell

PLACE = ("run", "codec", "checkpoint", "weights_from", "kbps", "published")
PARTS = ("", "_interval", "_value", "_low", "_high", "_n", "_of", "_mark", "_reason")
FORMULA = ("=", "+", "-", "@")


def as_csv(table: Table) -> str:
    """A line per row. A column `x` is `x`, the printed figure, `x_interval`, `x_value`, `x_low` and `x_high` (not
    rounded, in the metric's unit), `x_n` and `x_of` (utterances with a score, and asked for), `x_mark` and `x_reason`.
    Published figures follow, with their source in `published`.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*PLACE, *(f"{safe(column.id)}{part}" for column in table.columns for part in PARTS)])
    for row in table.rows:
        place = [row.run, visible(row.codec), visible(row.checkpoint), row.track, row.point, ""]
        writer.writerow([*map(safe, place), *(part for cell in row.cells for part in _parts(cell))])
    if table.published is not None:
        sources = dict(table.published.sources)
        for one in table.published.rows:
            codec, _, checkpoint = one.name.partition(":")
            place = ["", codec, checkpoint, "", one.point, sources[one.source]]
            writer.writerow(
                [*map(safe, place), *(part for text in one.cells for part in (text, *[""] * (len(PARTS) - 1)))]
            )
    return out.getvalue()


def safe(text: str) -> str:
    """A name that a spreadsheet would run as a formula gets an apostrophe, as spreadsheets themselves write it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _parts(cell: TableCell) -> tuple[str, ...]:
    numbers = (cell.value, cell.low, cell.high, cell.n, cell.planned)
    told = ("" if figure is None else repr(figure) for figure in numbers)
    return cell.text, cell.spread, *told, cell.mark or "", safe(cell.reason)
