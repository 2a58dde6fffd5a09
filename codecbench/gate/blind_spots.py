"""Which of a baseline's metrics cannot gate where they stand: at the end of their scale nothing gets worse."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum

from codecbench.gate.baseline import Baseline, BaselineRow, Scores
from codecbench.printing.figures import Style
from codecbench.store.facts import MetricFacts

FLOOR_SHARE = 0.05
"""So near to the worst end of a metric's scale, as a share of it, there is no room for a loss. Our choice: PESQ-WB
below 1.18, where vocoders of under 1 kbps lie, and where 3 instead of 32 Griffin-Lim iterations changed nothing."""


def blind_spots(baseline: Baseline) -> list[str]:
    """A line for each metric with a place where it has no score, or no room for a loss."""
    lines = []
    for name, facts in baseline.metrics.items():
        rows = [row for row in baseline.rows if name in row.metrics]
        floored = [row for row in rows if _at_floor(row.metrics[name], facts)]
        silent = [row for row in rows if not row.metrics[name].values]
        if floored:
            worst = Style.of(facts).number(_worst(facts) or 0.0)
            means = ", ".join(f"{Style.of(facts).number(_mean(row.metrics[name]))} at {_at(row)}" for row in floored)
            lines.append(
                f"{name} is at its floor of {worst} ({means}): it cannot gate {_where(floored, rows)}; "
                "give these points a metric that still has room to fall"
            )
        if silent:
            reason = next((one.reason for row in silent for one in row.metrics[name].missing.values()), "not scored")
            where = ", ".join(map(_at, silent))
            lines.append(f"{name} has no score at {where} ({reason}): it cannot gate {_where(silent, rows)}")
    return lines


def _at_floor(scores: Scores, facts: MetricFacts) -> bool:
    worst = _worst(facts)
    if not scores.values or worst is None or facts.low is None or facts.high is None:
        return False
    return abs(_mean(scores) - worst) < FLOOR_SHARE * (facts.high - facts.low)


def _worst(facts: MetricFacts) -> float | None:
    """The end of the scale where nothing is worse; None for a metric without a better side, or without that end."""
    return None if facts.higher_is_better is None else facts.low if facts.higher_is_better else facts.high


def _mean(scores: Scores) -> float:
    return fsum(value.numerator for value in scores.values.values()) / (
        fsum(value.denominator for value in scores.values.values()) or 1.0
    )


def _at(row: BaselineRow) -> str:
    return f"{row.place.codec_id.short} {row.place.point}"


def _where(some: Iterable[BaselineRow], every: Iterable[BaselineRow]) -> str:
    return "at all" if list(some) == list(every) else "there"
