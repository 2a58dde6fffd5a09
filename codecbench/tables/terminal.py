"""The table for a terminal: plain text, as many columns as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap

from tabulate import tabulate

from codecbench.analysis.summary import Summary
from codecbench.store.ids import short_point
from codecbench.tables.build import plain_table
from codecbench.tables.selection import preset_columns
from codecbench.tables.table import Column, PublishedBlock, Table, TableCell

NAMED = 2
"""Columns before the first figure: codec and nominal kbps."""
NARROWEST = 100
FIRST_TO_GO = ("latency_ms", "rtf_decode", "rtf_encode")
"""Where the terminal is narrow; then metrics from the last, but never all of them."""
LAST_TO_GO = "measured_kbps"
"""A bitrate that is no more than claimed would be left."""
MOST_EVENTS = 12
"""So many causes; the report has them all."""
LADDER = "What each codec's front end, network and quantizer lose: report.html, Where the loss comes from."
MARKS = {"best": "*", "second": "°", None: ""}


def render_table(summary: Summary, width: int) -> str:
    """A run's main figures and notes, at most `width` columns wide (but never under 100)."""
    table = plain_table(summary, preset_columns(summary, "codec"), keep_empty=False)
    return as_text(replace(table, notes=(*table.notes, *([LADDER] if summary.ladder else []))), max(width, NARROWEST))


def as_text(table: Table, width: int | None = None) -> str:
    """The table and its notes, wrapped. With a `width` columns are left out until it fits."""
    if not table.rows:
        return "\n".join(["No figure: every cell failed or was skipped.", *_notes(table, [], width or NARROWEST)])
    dropped: list[str] = []
    text = _grid(table)
    while width is not None and max(map(len, text.splitlines())) > width and len(table.columns) > 1:
        index = _least(table.columns)
        dropped.append(table.columns[index].title)
        table = table.without(index)
        text = _grid(table)
    room = width or max(NARROWEST, *map(len, text.splitlines()))
    caption = [*_wrapped(table.caption, room), ""] if table.caption else []
    published = _published(table.columns, table.published, room) if table.published else []
    return "\n".join([*caption, text, "", *_notes(table, dropped, room), *published])


def figure(cell: TableCell) -> str:
    """`2.41 ±0.08†*`"""
    return f"{cell.whole}{MARKS[cell.mark]}"


def _least(columns: Sequence[Column]) -> int:
    ids = [column.id for column in columns]
    others = [index for index, name in enumerate(ids) if name != LAST_TO_GO]
    return next((ids.index(name) for name in FIRST_TO_GO if name in ids), others[-1])


def _grid(table: Table) -> str:
    """The codec is named once, above its points; groups with a title stand below it."""
    cells: list[list[str]] = []
    above = None
    for group in table.groups:
        if group.title:
            cells.append([f"– {group.title}", *[""] * (len(table.columns) + 1)])
            above = None
        for row in group.rows:
            cells.append(["" if row.name == above else row.label, short_point(row.point), *map(figure, row.cells)])
            above = row.name
    return _tabulate(table.columns, cells)


def _tabulate(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> str:
    headers = ["codec", "kbps", *(f"{column.title}\n{column.scale}".rstrip() for column in columns)]
    text: str = tabulate(
        cells, headers=headers, colalign=["left", *["right"] * (len(headers) - 1)], tablefmt="simple",
        disable_numparse=True,
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in text.splitlines())


def _published(columns: Sequence[Column], block: PublishedBlock, width: int) -> list[str]:
    shown = block.shown
    cells = [
        [f"{row.name} [{row.source}]", short_point(row.point), *(row.cells[index] for index in shown)]
        for row in block.rows
    ]
    sources = [line for letter, text in block.sources for line in _wrapped(f"[{letter}] {text}", width, "", "    ")]
    title = "Published figures: other speech, other tools, compared with nothing"
    grid = [_tabulate([columns[index] for index in shown], cells), ""] if cells else []
    return ["", title, "", *grid, *sources]


def _notes(table: Table, dropped: Sequence[str], width: int) -> list[str]:
    notes = table.all_notes("*", "°")
    if dropped:
        notes.append(f"Not shown, for lack of width: {', '.join(reversed(dropped))}.")
    if table.command:
        notes.append(table.origin())
    lines = [line for note in notes for line in _wrapped(note, width, "", "  ")]
    for event in table.events[:MOST_EVENTS]:
        lines += _wrapped(event, width, "  ", "    ")
    if len(table.events) > MOST_EVENTS:
        lines.append(f"  and {len(table.events) - MOST_EVENTS} more, in report.html")
    return lines


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return wrap(text, width, initial_indent=first, subsequent_indent=rest)
