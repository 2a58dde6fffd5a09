"""`compare` in words: a table of differences, and the utterances that changed most, with both their audios."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tabulate import tabulate

from codecbench.analysis.paired import Difference
from codecbench.gate.baseline import Baseline
from codecbench.gate.comparison import BaselineComparison, MetricChange
from codecbench.gate.exact import Exact
from codecbench.gate.matching import Broken
from codecbench.gate.summary import as_cell, as_figure, escaped
from codecbench.printing.figures import Style
from codecbench.printing.wording import count, signed, small
from codecbench.store.ids import Place
from codecbench.store.rows import audio_file

MOST = 3
"""Utterances shown of each place and metric."""
SHOWN = ("worse", "better")
HEADERS = ("codec", "kbps", "metric", "before", "after", "change", "95 % interval", "p", "verdict")


@dataclass(frozen=True)
class Changed:
    """An utterance that changed, and its kept audio on both sides (None: not kept)."""

    place: Place
    metric: str
    difference: Difference
    before: Path | None
    after: Path | None


def as_text(comparison: BaselineComparison) -> str:
    """For the terminal."""
    lines = [_table(_rows(comparison), "simple"), ""]
    lines += [f"{figure.place}: {figure} ({figure.verdict})" for figure in changed_figures(comparison)]
    lines += [f"not compared: {item.what}: {item.reason}" for item in comparison.unmeasured]
    lines += [_failed(item) for item in comparison.broken]
    lines += [f"note: {note}" for note in comparison.notes]
    for item in most_changed(comparison):
        audio = " ".join(str(path) if path else "(audio not kept)" for path in (item.before, item.after))
        lines.append(f"  {_change(comparison, item)}  {audio}")
    return "\n".join([*lines, _about(comparison)])


def as_markdown(comparison: BaselineComparison, folder: Path) -> str:
    """For a file in `folder`; audio is linked relative to it. No name or reason turns into markup."""
    lines = [_table([[escaped(text) for text in row] for row in _rows(comparison)], "github"), ""]
    told = [f"{figure.place}: {figure} ({figure.verdict})" for figure in changed_figures(comparison)]
    told += [f"not compared: {item.what}: {item.reason}" for item in comparison.unmeasured]
    told += [_failed(item) for item in comparison.broken]
    lines += [f"- {escaped(text)}" for text in (*told, *comparison.notes)]
    changed = most_changed(comparison)
    if changed:
        lines += ["", "Utterances that changed most:", ""]
    for item in changed:
        links = [_link(name, path, folder) for name, path in (("before", item.before), ("after", item.after))]
        lines.append(f"- {escaped(_change(comparison, item))}: {', '.join(links)}")
    return "\n".join([*lines, "", _about(comparison)]) + "\n"


def as_json(comparison: BaselineComparison) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "schema": 1,
        "before": comparison.before.source,
        "after": comparison.after.source,
        "level": comparison.level,
        "cells": [as_cell(cell) for cell in comparison.cells],
        "figures": [as_figure(figure) for figure in comparison.exact],
        "unmeasured": [dict(vars(item)) for item in comparison.unmeasured],
        "failed": [dict(vars(item)) | {"place": item.place._asdict(), "utterances": list(item.utterances)}
                   for item in comparison.broken],
        "changed": [
            {**item.place._asdict(), "metric": item.metric, "utterance": item.difference.utterance,
             "before": item.difference.before, "after": item.difference.after,
             "audio": [str(path) if path else None for path in (item.before, item.after)]}
            for item in most_changed(comparison)
        ],
        "notes": list(comparison.notes),
    }  # fmt: skip


def changed_figures(comparison: BaselineComparison) -> list[Exact]:
    return [figure for figure in comparison.exact if figure.verdict != "same"]


def most_changed(comparison: BaselineComparison, count: int = MOST) -> list[Changed]:
    """Of each place and metric that got better or worse."""
    return [
        Changed(cell.place, cell.metric, difference, _audio(comparison.before, cell.place, difference.utterance),
                _audio(comparison.after, cell.place, difference.utterance))
        for cell in comparison.cells
        if cell.verdict in SHOWN
        for difference in cell.paired.most_changed(count)
    ]  # fmt: skip


def _audio(side: Baseline, place: Place, utterance: str) -> Path | None:
    if side.folder is None:
        return None
    path = side.folder / "audio" / place.codec / place.checkpoint / place.point / audio_file(utterance)
    return path if path.is_file() else None


def _table(rows: Iterable[list[str]], style: str) -> str:
    text: str = tabulate(rows, headers=HEADERS, tablefmt=style, disable_numparse=True)
    return text


def _rows(comparison: BaselineComparison) -> list[list[str]]:
    return [_row(comparison, cell) for cell in _ordered(comparison.cells)]


def _failed(item: Broken) -> str:
    return f"failed now: {item.metric} of {item.place} on {count(len(item.utterances), 'utterance')}: {item.reason}"


def _ordered(cells: Sequence[MetricChange]) -> Iterable[MetricChange]:
    """As the runs have them, primary metrics of a place first."""
    order = {place: rank for rank, place in enumerate(dict.fromkeys(cell.place for cell in cells))}
    return sorted(cells, key=lambda cell: (order[cell.place], not cell.primary))


def _row(comparison: BaselineComparison, cell: MetricChange) -> list[str]:
    style = Style.of(comparison.metric(cell.metric))
    paired = cell.paired
    interval = f"{signed(style, paired.change.low)} to {signed(style, paired.change.high)}"
    mark = "" if cell.primary else "†"
    place = cell.place
    return [place.codec_id.short, place.point,
            f"{cell.metric}{mark}", style.number(paired.before), style.number(paired.after),
            signed(style, paired.change.value), interval, _p(cell.p), cell.verdict]  # fmt: skip


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _change(comparison: BaselineComparison, item: Changed) -> str:
    style = Style.of(comparison.metric(item.metric))
    difference = item.difference
    return (
        f"{item.place}, {item.metric} of {difference.utterance}: {style.number(difference.before)} → "
        f"{style.number(difference.after)} ({small(style, difference.change)})"
    )


def _link(name: str, path: Path | None, folder: Path) -> str:
    if path is None:
        return f"{name} not kept"
    try:
        target = os.path.relpath(path, folder)
    except ValueError:  # another drive
        target = str(path.absolute())
    return f"[{name}]({quote(Path(target).as_posix())})"


def _about(comparison: BaselineComparison) -> str:
    counts = {len(cell.paired.differences) for cell in comparison.cells}
    if not counts:
        return "No utterance has a score on both sides: there is nothing to compare."
    span = f"{min(counts)} to " if len(counts) > 1 else ""
    return (
        f"after − before on {span}{count(max(counts), 'common utterance')}; 95 % intervals by bootstrap over speakers. "
        "p: adjusted for all tests of the primary metrics (max-T within each, Bonferroni over four); † exploratory, "
        "false discovery rate. same: the interval lies within the metric's threshold."
    )
