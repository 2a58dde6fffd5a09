"""Results as data frames of pandas, for whoever goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecbench.analysis.summary import Summary
from codecbench.analysis.tidy import COLUMNS, tidy_rows
from codecbench.errors import UsageError
from codecbench.store.rows import StoredResults

if TYPE_CHECKING:
    from pandas import DataFrame

_NUMBERS = tuple(name for name, kind in COLUMNS.items() if kind == "number")


def score_frame(results: StoredResults) -> DataFrame:
    """A row per cell and metric, the columns of `TidyRow`; a figure that is not there is NaN."""
    rows = [{name: getattr(row, name) for name in COLUMNS} for row in tidy_rows(results)]
    return _frame(rows, _NUMBERS)


def summary_frame(summary: Summary) -> DataFrame:
    """A row per codec, operating point and metric: mean and 95 % interval, rates as fractions."""
    rows = [
        {
            "codec": row.codec, "checkpoint": row.checkpoint, "track": row.track, "point": row.point,
            "nominal_kbps": row.nominal_kbps, "measured_kbps": row.rate.measured_kbps, "metric": metric,
            "mean": score.mean, "low": score.low, "high": score.high, "n": score.n, "of": score.planned,
            "reason": score.reason,
        }
        for row in summary.rows
        for metric, score in row.scores.items()
    ]  # fmt: skip
    return _frame(rows, ("nominal_kbps", "measured_kbps", "mean", "low", "high"))


def _frame(rows: list[dict[str, Any]], numbers: tuple[str, ...]) -> DataFrame:
    """Raises UsageError where pandas is not installed."""
    try:
        from pandas import DataFrame
    except ImportError as error:
        raise UsageError(f"data frames need pandas ({error}): pip install 'codecbench[pandas]'") from error
    frame = DataFrame(rows)
    return frame.astype(dict.fromkeys(numbers, float)) if rows else frame
