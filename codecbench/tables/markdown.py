"""The table as Markdown (GitHub's pipe tables)."""

from __future__ import annotations

import re

from codecbench.store.ids import short_point
from codecbench.tables.table import Column, Table, TableCell

MARKS = {"best": ("**", "**"), "second": ("<u>", "</u>"), None: ("", "")}
SPECIAL = re.compile(r"([\\`*_\[\]|~$@]|^[#+-])")


def as_markdown(table: Table) -> str:
    """The origin as a comment, the table, its notes as a list, then the published block."""
    parts = [f"<!-- codecbench: {table.origin().replace('-->', '--&gt;').replace('--!>', '--!&gt;')} -->"]
    if table.caption:
        parts.append(escape(table.caption))
    parts.append(_grid(table) if table.rows else "No figure: every cell failed or was skipped.")
    notes = [*table.all_notes("Bold", "underlined"), *table.events]
    parts.append("\n".join(f"- {escape(note)}" for note in notes))
    if table.published:
        parts.append("**Published figures: other speech, other tools, compared with nothing**")
        parts += [_published(table)] if table.published.rows else []
        parts.append("\n".join(f"- \\[{letter}\\] {escape(text)}" for letter, text in table.published.sources))
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    r"""Text that no Markdown reader takes for markup, nor for HTML.

    >>> escape("a_b|<script>")
    'a\\_b\\|&lt;script&gt;'
    """
    html = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return SPECIAL.sub(r"\\\1", html)


def figure(cell: TableCell) -> str:
    """`**2.41** ±0.08`"""
    start, end = MARKS[cell.mark]
    return f"{start}{escape(cell.text)}{end}{escape(cell.whole[len(cell.text) :])}"


def _header(columns: tuple[Column, ...]) -> list[str]:
    titles = [f"{escape(column.title)}<br>{escape(column.scale)}" if column.scale else escape(column.title)
              for column in columns]  # fmt: skip
    return [_line(["codec", "kbps", *titles]), _line(["---", *["---:"] * (len(columns) + 1)])]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _grid(table: Table) -> str:
    lines = _header(table.columns)
    for group in table.groups:
        if group.title:
            lines.append(_line([f"*{escape(group.title)}*", *[""] * (len(table.columns) + 1)]))
        lines += [
            _line([escape(row.label), escape(short_point(row.point)), *map(figure, row.cells)]) for row in group.rows
        ]
    return "\n".join(lines)


def _published(table: Table) -> str:
    assert table.published is not None
    lines = _header(table.columns)
    for row in table.published.rows:
        lines.append(_line([f"{escape(row.name)} \\[{row.source}\\]", short_point(row.point), *map(escape, row.cells)]))
    return "\n".join(lines)
