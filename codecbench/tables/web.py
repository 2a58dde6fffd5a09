"""The table as a fragment of HTML: what a notebook shows."""

from __future__ import annotations

from html import escape

from codecbench.store.ids import short_point
from codecbench.tables.table import Table, TableCell

MARKS = {"best": ("<b>", "</b>"), "second": ("<u>", "</u>"), None: ("", "")}


def as_html(table: Table) -> str:
    """Figures with their intervals, and the notes below; names are text, whatever they hold."""
    heads = ["codec", "kbps", *(_head(column.title, column.scale) for column in table.columns)]
    rows = [
        f"<tr><th>{escape(row.label)}</th><td>{escape(short_point(row.point))}</td>"
        f"{''.join(map(_cell, row.cells))}</tr>"
        for row in table.rows
    ]
    notes = "".join(f"<li>{escape(note)}</li>" for note in table.all_notes("Bold", "underlined"))
    head = "".join(f"<th>{text}</th>" for text in heads)
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<details><summary>Notes</summary><ul>{notes}</ul></details>"
    )


def _head(title: str, scale: str) -> str:
    return f"{escape(title)}<br><small>{escape(scale)}</small>" if scale else escape(title)


def _cell(cell: TableCell) -> str:
    start, end = MARKS[cell.mark]
    return f"<td>{start}{escape(cell.text)}{end} <small>{escape(cell.whole[len(cell.text) :].strip())}</small></td>"
