"""Scores over the training's budget as a figure: by updates, and where it was measured by CPU time beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from codecbench.analysis.looks import find_looks
from codecbench.plots.style import RC, colour, dash, marker
from codecbench.store.ids import CodecId
from recipes.codecs import controls
from recipes.findings.cells import Cell, cells
from recipes.findings.ordering import Spread, spread
from recipes.findings.results import METRICS, Result
from recipes.training.schedule import BUDGETS, START


@dataclass(frozen=True)
class Point:
    """The end of a budget: how far it is, what was reached, and from where to where that may be."""

    updates: int
    minutes: float | None
    mean: float
    low: float
    high: float


def draw(results: list[Result], path: Path, metric: str = "estoi") -> None:
    """`metric` at each codec's highest rate, one line a codec.

    Its band is the 95 % interval over speakers and seeds, or in protocol 1 from the worst to the best seed. A codec
    whose highest rate is lower than the others' has it in the legend. Where all trainings have their CPU time, a second
    panel has the same scores over it.
    """
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update(RC)
    from matplotlib import pyplot

    codecs = sorted({result.codec for result in results})
    most = {codec: max(kbps for r in results if r.codec == codec for kbps in r.scores) for codec in codecs}
    lines = {codec: _line(results, codec, metric) for codec in codecs}
    timed = all(point.minutes is not None for line in lines.values() for point in line)
    panels = 2 if timed and results[0].tested else 1
    figure, axes = pyplot.subplots(1, panels, figsize=(6.4 * panels, 4.0), layout="constrained", squeeze=False)
    for (codec, _), own in find_looks(CodecId(codec, "reference") for codec in codecs).items():
        shape, size = marker(own)
        shade, label = ("0.05", f"{codec} (control)") if codec in controls() else (colour(own), codec)
        label += "" if most[codec] == max(most.values()) else f" at {most[codec]:g} kbps"
        look = {"color": shade, "linestyle": dash(own), "marker": shape, "markersize": size}
        _plot(axes[0][0], [float(point.updates) for point in lines[codec]], lines[codec], label, look)
        if panels == 2:
            ends = [point for point in lines[codec] if point.updates]
            _plot(axes[0][1], [point.minutes or 0.0 for point in ends], ends, label, look)
    _over_updates(axes[0][0], {one.budget for one in results}, metric)
    if panels == 2:
        axes[0][1].set(xscale="log", xlabel="CPU minutes of training")
    axes[0][0].legend()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _line(results: list[Result], codec: str, metric: str) -> list[Point]:
    points = []
    for budget in (START, *BUDGETS):
        by_place = cells(results, budget, metric)
        mine = {kbps: cell for (name, kbps), cell in by_place.items() if name == codec}
        if mine:
            times = [r.cpu_seconds for r in results if (r.codec, r.budget) == (codec, budget)]
            minutes = None if None in times else fmean(time or 0.0 for time in times) / 60
            cell, updates = mine[max(mine)], 0 if budget == START else BUDGETS[budget]
            points.append(Point(updates, minutes, cell.mean, *_band(cell, spread(by_place))))
    return points


def _band(cell: Cell, known: Spread | None) -> tuple[float, float]:
    if not cell.speakers or known is None:
        return min(cell.values), max(cell.values)
    ranged = known.interval(cell)
    assert ranged.low is not None
    assert ranged.high is not None
    return ranged.low, ranged.high


def _plot(axes: Any, places: list[float], line: list[Point], label: str, look: dict[str, Any]) -> None:
    axes.plot(places, [point.mean for point in line], label=label, **look)
    low, high = [point.low for point in line], [point.high for point in line]
    axes.fill_between(places, low, high, alpha=0.2, color=look["color"], linewidth=0)


def _over_updates(axes: Any, budgets: set[str], metric: str) -> None:
    """Logarithmic; what was before the first update stands where half of the smallest budget would."""
    ticks = [updates for name, updates in BUDGETS.items() if name in budgets]
    if START in budgets:
        axes.set_xscale("symlog", linthresh=ticks[0], linscale=0.3)
        ticks = [0, *ticks]
    else:
        axes.set_xscale("log")
    axes.set(xlabel="updates (4 crops of 0.8 s each)", ylabel=f"{METRICS[metric]}, highest rate")
    axes.set_xticks(ticks, [f"{updates:,}" for updates in ticks], minor=False)
    axes.minorticks_off()
