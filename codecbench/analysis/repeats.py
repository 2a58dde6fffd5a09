"""Test-retest spread of metrics that score each sample several times, for one time differs from the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.store.facts import MetricFacts
from codecbench.store.repeats import RepeatedScore
from codecbench.store.rows import ScoreRow


@dataclass(frozen=True)
class RepeatSpread:
    """Standard `deviation` of one repetition, pooled within samples, and `of_mean`, a sample's score; `widest` is the
    largest range of one sample's repetitions. `samples` were scored so.
    """

    repetitions: int
    deviation: float
    of_mean: float
    widest: float
    samples: int


def find_spreads(metrics: Mapping[str, MetricFacts], scores: Sequence[ScoreRow]) -> dict[str, RepeatSpread]:
    """By metric id, of those with repetitions that any sample has."""
    found = {}
    for name, facts in metrics.items():
        if facts.repetitions < 2:
            continue
        rows = (RepeatedScore.from_detail(row.detail) for row in scores if row.metric == name and row.status == "ok")
        values = [row.values for row in rows if row is not None and len(row.values) == facts.repetitions]
        if values:
            found[name] = _spread(np.array(values))
    return found


def _spread(values: NDArray[np.float64]) -> RepeatSpread:
    """Of [samples, repetitions]."""
    samples, repetitions = values.shape
    deviation = float(np.sqrt(values.var(axis=1, ddof=1).mean()))
    widest = float((values.max(axis=1) - values.min(axis=1)).max())
    return RepeatSpread(repetitions, deviation, deviation / float(np.sqrt(repetitions)), widest, samples)
