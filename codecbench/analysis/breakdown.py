"""One operating point's primary metrics by kind of utterance: speaker, sex, length, level."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from codecbench.analysis.bootstrap import Estimate, estimate
from codecbench.analysis.cells import Cells
from codecbench.store.ids import Place
from codecbench.store.rows import StoredResults, UtteranceRow

LEVEL_COLUMNS = ("active_level_db", "level_db", "rms_db")
"""Columns of a manifest that hold the originals' level, the first that is there is taken; the store itself has none."""
FEWEST_FOR_TERTILES = 6


@dataclass(frozen=True)
class Group:
    """Utterances of one kind: `title` names them, within the division `by`."""

    by: str
    title: str
    utterances: tuple[str, ...]
    speakers: int


@dataclass(frozen=True)
class Division:
    """How a dataset is divided, or the `reason` why it cannot be."""

    by: str
    groups: tuple[Group, ...] = ()
    reason: str | None = None


def divide(results: StoredResults) -> tuple[Division, ...]:
    """By sex, length, level and speaker."""
    rows = [row for row in results.utterances if row.reason is None]
    column = next((name for name in LEVEL_COLUMNS if any(name in row.extra for row in rows)), None)
    level = (
        _tertiles("level", rows, lambda row: _number(row.extra.get(column or "")), "dB", column)
        if column
        else Division("level", reason="the dataset's manifest has no column " + " or ".join(LEVEL_COLUMNS))
    )
    return (
        _named("sex", rows, lambda row: row.sex, "no sex is known"),
        _tertiles("length", rows, lambda row: row.seconds, "s", None),
        level,
        _named("speaker", rows, lambda row: row.speaker, "no speaker is known"),
    )


def estimates(group: Group, place: Place, metric: str, cells: Cells, counts: bool) -> Estimate | None:
    """The metric over the group's utterances that have it; None where none has. `counts`: see `estimate`."""
    values = cells.values(place, metric)
    there = [name for name in group.utterances if name in values]
    if not there:
        return None
    return estimate(
        [values[name].numerator for name in there],
        [values[name].denominator for name in there],
        [cells.clusters[name] for name in there],
        counts=counts,
    )


def _named(by: str, rows: Sequence[UtteranceRow], name: Callable[[UtteranceRow], str], none: str) -> Division:
    names = sorted({name(row) for row in rows if name(row)})
    if not names:
        return Division(by, reason=none)
    groups = [_group(by, title, [row for row in rows if name(row) == title]) for title in names]
    rest = [row for row in rows if not name(row)]
    return Division(by, (*groups, _group(by, "not known", rest)) if rest else tuple(groups))


def _tertiles(
    by: str, rows: Sequence[UtteranceRow], figure: Callable[[UtteranceRow], float | None], unit: str, column: str | None
) -> Division:
    """Thirds of the utterances by rank; equal figures stay together."""
    known = {row.id: value for row in rows if (value := figure(row)) is not None}
    if len(known) < FEWEST_FOR_TERTILES:
        return Division(by, reason=f"{len(known)} utterances have one, thirds need {FEWEST_FOR_TERTILES}")
    low, high = (float(cut) for cut in np.quantile(list(known.values()), [1 / 3, 2 / 3], method="inverted_cdf"))
    if not min(known.values()) <= low < high < max(known.values()):
        return Division(by, reason="it hardly differs between utterances")
    source = f" ({column})" if column else ""
    bounds: Mapping[str, Callable[[float], bool]] = {
        f"up to {low:.1f} {unit}{source}": lambda value: value <= low,
        f"{low:.1f} to {high:.1f} {unit}{source}": lambda value: low < value <= high,
        f"over {high:.1f} {unit}{source}": lambda value: value > high,
    }
    return Division(
        by,
        tuple(_group(by, title, [row for row in rows if row.id in known and fits(known[row.id])])
              for title, fits in bounds.items()),
    )  # fmt: skip


def _group(by: str, title: str, rows: Sequence[UtteranceRow]) -> Group:
    return Group(by, title, tuple(row.id for row in rows), len({row.speaker or row.id for row in rows}))


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) else None
