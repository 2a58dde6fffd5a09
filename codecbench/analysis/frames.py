"""Results as data frames of pandas, for whoever goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecbench.analysis.summary import Summary
from codecbench.errors import UsageError
from codecbench.store.rows import StoredResults

if TYPE_CHECKING:
    from pandas import DataFrame


def score_frame(results: StoredResults) -> DataFrame:
    """A row per cell and metric: `value` is `numerator / denominator`, NaN unless `status` is ok."""
    utterances = {row.id: row for row in results.utterances}
    rows = [
        {
            "codec": row.codec, "checkpoint": row.checkpoint, "point": row.point, "nominal_kbps": row.nominal_kbps,
            "utterance": row.utterance, "speaker": utterances[row.utterance].speaker,
            "sex": utterances[row.utterance].sex, "seed": row.seed, "metric": row.metric, "value": row.value,
            "numerator": row.numerator, "denominator": row.denominator, "status": row.status, "reason": row.reason,
        }
        for row in results.scores
    ]  # fmt: skip
    return _frame(rows, ("nominal_kbps", "value", "numerator", "denominator"))


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
