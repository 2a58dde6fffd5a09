"""Frozen scores: what every metric makes of ten known signals. A changed library is found before a codec is blamed."""

from codecbench.controls.frozen.comparison import Comparison, FrozenDifference, compare
from codecbench.controls.frozen.measure import SIGNALS, measure
from codecbench.controls.frozen.record import FrozenMetric, FrozenScores, read_frozen, write_frozen

__all__ = [
    "SIGNALS", "Comparison", "FrozenDifference", "FrozenMetric", "FrozenScores", "compare", "measure", "read_frozen",
    "write_frozen",
]  # fmt: skip
