"""The section "All figures": the run's table with every column."""

from __future__ import annotations

from codecbench.report.page import Content, Page
from codecbench.tables.build import build_table
from codecbench.tables.columns import TRACK, all_columns


def section(page: Page) -> Content:
    """The weights' track stands beside the codec's name, so it is no column here."""
    columns = [column for column in all_columns(page.summary).values() if column != TRACK]
    table = build_table(page.findings, columns, published=page.published, keep_empty=False)
    return Content({"table": table, "notes": table.legend("Bold", "underlined")})
