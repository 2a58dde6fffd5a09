"""From a run's figures to the one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

from codecbench.analysis.findings import Findings
from codecbench.analysis.side_by_side import like_groups
from codecbench.analysis.summary import Row, Summary
from codecbench.names import visible
from codecbench.published import PublishedFigure
from codecbench.store.ids import by_codec
from codecbench.tables.columns import cell, original_cell
from codecbench.tables.notes import events, find_gaps, table_notes, with_notes
from codecbench.tables.published import published_block
from codecbench.tables.ranking import Ranking, best_figures, range_kbps, rank
from codecbench.tables.table import (
    NA,
    NO_SERIES,
    ORIGINAL,
    Column,
    Origin,
    RankingNote,
    RowGroup,
    Table,
    TableCell,
    TableRow,
)

GroupBy = Literal["codec", "bitrate"]
GROUPINGS: tuple[GroupBy, ...] = get_args(GroupBy)


def build_table(
    findings: Findings, columns: Sequence[Column], *, group_by: GroupBy = "codec",
    published: Sequence[PublishedFigure] = (), caption: str = "", command: str = "", keep_empty: bool = True,
) -> Table:  # fmt: skip
    """A row per codec × operating point, with `columns`; the best of each bitrate is marked, as the reader's view asks.

    `keep_empty` False leaves out columns that no row has a figure for; their reasons stay among the gaps.
    """
    summary = findings.summary
    view = findings.view
    if view.mark == "best":
        ranking: Ranking | None = best_figures(summary)
    else:
        ranking = rank(findings) if summary.rows else None
    table = _table(summary, columns, ranking, group_by)
    table = replace(
        table, published=published_block(published, summary, columns), caption=visible(caption), command=command
    )
    return with_notes(table if keep_empty else _without_empty(table), summary, view.notes)


def plain_table(summary: Summary, columns: Sequence[Column], *, keep_empty: bool = True) -> Table:
    """The same of a summary alone, or of a part of it: nothing is compared, nothing marked."""
    table = _table(summary, columns, None, "codec")
    return table if keep_empty else _without_empty(table)


def _table(summary: Summary, columns: Sequence[Column], ranking: Ranking | None, group_by: GroupBy) -> Table:
    groups = [
        RowGroup(tuple(_row(row, summary, columns, ranking) for row in rows), title)
        for title, rows in _grouped(summary, group_by)
    ]
    every = [row for group in groups for row in group.rows]
    original = original_row(summary, columns)
    return Table(
        columns=tuple(columns),
        groups=(*([RowGroup((original,))] if original else []), *groups),
        notes=tuple(map(visible, table_notes(summary, columns, every))),
        comparison=_comparison(ranking, columns, every, summary),
        gaps=find_gaps(columns, every),
        events=tuple(map(visible, events(summary))),
        origins=origins(summary.run),
    )


def origins(run: Mapping[str, Any]) -> tuple[Origin, ...]:
    """Of one run, or of each that was merged into it."""
    parts = run.get("merged") or [run]
    names = ("run_id", "codecbench", "command")
    return tuple(Origin(*(visible(str(part.get(name) or "unknown")) for name in names)) for part in parts)


def _grouped(summary: Summary, group_by: GroupBy) -> list[tuple[str, list[Row]]]:
    if group_by == "bitrate":
        return [(range_kbps(rows), rows) for rows in like_groups(summary.rows)]
    return [("", rows) for rows in by_codec(summary.rows).values()]


def _row(row: Row, summary: Summary, columns: Sequence[Column], ranking: Ranking | None) -> TableRow:
    return TableRow(
        row.codec, row.checkpoint, visible(row.name), row.track, visible(row.point),
        summary.series[row.codec_id], _run_of(row, summary),
        tuple(_marked(cell(summary, row, column), row, column, ranking) for column in columns), row.other_weights,
    )  # fmt: skip


def original_row(summary: Summary, columns: Sequence[Column]) -> TableRow | None:
    """The originals' own scores, where a column is of a metric that needs no reference; the other cells are empty."""
    if not any(column.id in summary.originals for column in columns):
        return None
    run = visible(str(summary.run.get("run_id") or "unknown"))
    cells = tuple(original_cell(summary, column) for column in columns)
    return TableRow(ORIGINAL, "", ORIGINAL, "none", "", NO_SERIES, run, cells)


def _run_of(row: Row, summary: Summary) -> str:
    """The first run that has this point."""
    here = row.place
    parts = summary.run.get("merged") or [summary.run]
    part = next((part for part in parts if here in part.get("points", [here])), summary.run)
    return visible(str(part.get("run_id") or "unknown"))


def _comparison(
    ranking: Ranking | None, columns: Sequence[Column], rows: Sequence[TableRow], summary: Summary
) -> RankingNote | None:
    """None where no column could have a mark."""
    if ranking is None or not any(column.id in summary.metrics for column in columns):
        return None
    return ranking.comparison(any(cell.mark for row in rows for cell in row.cells))


def _marked(cell: TableCell, row: Row, column: Column, ranking: Ranking | None) -> TableCell:
    mark = ranking.marks.get((row.place, column.id)) if ranking is not None else None
    return replace(cell, reason=visible(cell.reason), mark=mark)


def _without_empty(table: Table) -> Table:
    for index in reversed(range(len(table.columns))):
        if table.rows and all(row.cells[index].text in (NA, "") for row in table.rows):
            table = table.without(index)
    return table
