"""The section of whom a codec serves: one operating point's metrics by sex, length, level and speaker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from codecbench.analysis.breakdown import Group, divide, estimates
from codecbench.analysis.cells import Cells
from codecbench.analysis.summary import Row, Summary
from codecbench.printing.figures import UNKNOWN, Style
from codecbench.report.page import Content, Page
from codecbench.report.sections import FigureCell
from codecbench.store.ids import Place, point_text


@dataclass(frozen=True)
class BreakdownLine:
    """A group of utterances; the first of its division names it."""

    by: str
    title: str
    utterances: int
    speakers: int
    cells: tuple[FigureCell, ...]


def section(page: Page) -> Content | None:
    """Nothing where there is no figure, no metric to judge by, or nothing to divide by."""
    summary, metrics = page.summary, page.rivals.metrics
    divisions = divide(page.results)
    groups = [group for division in divisions for group in division.groups]
    if not summary.rows or not metrics or not groups:
        return None
    cells = page.findings.cells
    every = [[_cells(group, row.place, metrics, cells, summary) for group in groups] for row in summary.rows]
    first = _default(summary)
    lines = [
        BreakdownLine(group.by, group.title, len(group.utterances), group.speakers, row_cells)
        for group, row_cells in zip(groups, every[first], strict=True)
    ]
    return Content(
        {
            "lines": [line for line in lines if line.by != "speaker"],
            "speakers": [line for line in lines if line.by == "speaker"],
            "metrics": metrics,
            "units": [Style.of(summary.metrics[name]).unit for name in metrics],
            "chosen": _name(summary.rows[first]),
            "absent": [division for division in divisions if division.reason],
        },
        _data(summary, every, first),
    )


def _default(summary: Summary) -> int:
    """The first codec's highest point."""
    first = summary.rows[0].codec_id
    return max(index for index, row in enumerate(summary.rows) if row.codec_id == first)


def _name(row: Row) -> str:
    return f"{row.name} at {point_text(row.point)}"


def _cells(
    group: Group, place: Place, metrics: Sequence[str], cells: Cells, summary: Summary
) -> tuple[FigureCell, ...]:
    figures = []
    for name in metrics:
        facts = summary.metrics[name]
        style, figure = Style.of(facts), estimates(group, place, name, cells, facts.counts)
        if figure is None:
            figures.append(FigureCell(UNKNOWN, note="no utterance of the group has a score"))
            continue
        cut = replace(figure, low=facts.within(figure.low), high=facts.within(figure.high))
        # A speaker alone has no interval over speakers.
        text = "" if group.by == "speaker" else style.interval(cut)
        more = f"{text}*" if text and (figure.indicative or figure.rare) else text
        figures.append(FigureCell(style.number(figure.value), figure.value, more))
    return tuple(figures)


def _data(summary: Summary, every: Sequence[Sequence[tuple[FigureCell, ...]]], first: int) -> dict[str, Any]:
    """`cells` by point and group: texts and second lines in turn, one string each; `chosen` is the first shown."""
    return {
        "names": [_name(row) for row in summary.rows],
        "chosen": first,
        "cells": [
            ["|".join(f"{cell.text}~{cell.more}" for cell in row_cells) for row_cells in groups] for groups in every
        ],
    }
