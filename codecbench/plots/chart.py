"""What a figure shows, as data: points, curves, panels, and what its caption has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codecbench.analysis.looks import Look
from codecbench.tables.table import DOUBLE_DAGGER

REACH = 1.0
"""An interval is cut where it goes beyond the curves by more than their own range: it must not flatten them."""


@dataclass(frozen=True)
class Point:
    """`low` and `high` are None where there is no interval. `label` is the nominal kbps."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    label: str = ""


@dataclass(frozen=True)
class Curve:
    """A codec's points in the order of its bitrates; `series` is its number in the run, `untrained` marks its name."""

    name: str
    series: int
    points: tuple[Point, ...]
    look: Look
    untrained: bool = False

    @property
    def label(self) -> str:
        return f"{self.name}{DOUBLE_DAGGER}" if self.untrained else self.name


@dataclass(frozen=True)
class Line:
    """A level across a panel."""

    y: float
    text: str


@dataclass(frozen=True)
class Panel:
    """`published` are curves of single points: papers' figures, of the codecs that are drawn."""

    y_title: str
    curves: tuple[Curve, ...]
    line: Line | None = None
    published: tuple[Curve, ...] = ()

    @property
    def y_range(self) -> tuple[float, float]:
        """Of the axis: all points and, as far as they reach, their intervals."""
        points = [point for curve in (*self.curves, *self.published) for point in curve.points]
        means = [point.y for point in points] + ([self.line.y] if self.line else [])
        reach = max(max(means) - min(means), 0.02 * abs(max(means)), 1e-6)
        lows = [point.y if point.low is None else point.low for point in points] + means
        highs = [point.y if point.high is None else point.high for point in points] + means
        low, high = max(min(means) - REACH * reach, min(lows)), min(max(means) + REACH * reach, max(highs))
        return low - 0.05 * (high - low or 1.0), high + 0.05 * (high - low or 1.0)

    def is_cut(self, point: Point) -> bool:
        """Whether its interval goes beyond the axis."""
        low, high = self.y_range
        return (point.low is not None and point.low < low) or (point.high is not None and point.high > high)


@dataclass(frozen=True)
class Chart:
    """`notes` is what a caption has to say: it is printed, not drawn."""

    x_title: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()
    labels: bool = False
    """Whether the ends of curves carry their nominal kbps."""
    linear: bool = False
    """Whether the x axis is: a condition's value. Bitrates and costs are on a logarithmic one."""
    families: Mapping[int, str] | None = None
    """By a curve's `series` the codec's family, where the figure tells families apart: see `plots.families`."""
