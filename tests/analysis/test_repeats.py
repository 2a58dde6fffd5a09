from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from codecbench.analysis.repeats import find_spreads
from codecbench.store.facts import MetricFacts
from codecbench.store.repeats import KEY
from codecbench.store.rows import ScoreRow

FACTS = {"mos": MetricFacts("mos", "MOS", "MOS", repetitions=5), "once": MetricFacts("once", "once", "once")}


def row(metric: str, number: int, values: list[float] | None, status: Any = "ok") -> ScoreRow:
    detail = {} if values is None else {KEY: values}
    return ScoreRow("c", "d", "1", 1.0, f"u{number}", 0, metric, "1", status, None, 1.0, 1.0, detail)


def test_the_spread_is_within_samples_and_not_between_them() -> None:
    rng = np.random.default_rng(0)
    rows = [row("mos", n, (n + 0.17 * rng.standard_normal(5)).tolist()) for n in range(400)]
    spread = find_spreads(FACTS, rows)["mos"]
    assert spread.deviation == pytest.approx(0.17, rel=0.05)
    assert spread.of_mean == pytest.approx(spread.deviation / 5**0.5)
    assert 0.17 < spread.widest < 1.2
    assert (spread.repetitions, spread.samples) == (5, 400)


def test_what_was_scored_once_or_not_at_all_has_none() -> None:
    rows = [row("once", 0, None), row("mos", 0, None), row("mos", 1, [1.0, 2.0, 3.0, 4.0, 5.0], "failed"),
            row("mos", 2, [1.0, 2.0])]  # fmt: skip
    assert find_spreads(FACTS, rows) == {}
