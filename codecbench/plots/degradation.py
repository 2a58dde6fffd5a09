"""Quality over a condition's value: how fast a codec loses under noise, packet loss, its own output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from codecbench.analysis.summary import Row, Summary
from codecbench.condition_names import AGAINST_INPUT, split_condition
from codecbench.conditions import WIDE_BAND
from codecbench.errors import UsageError
from codecbench.plots.chart import Chart, Curve, Panel, Point
from codecbench.plots.curves import metric_title
from codecbench.plots.notes import intervals
from codecbench.printing.figures import Style, significant
from codecbench.store.ids import Place, short_point
from codecbench.tables.notes import about

CLEAN: Mapping[str, float] = {"loss": 0.0, "bursts": 0.0, "ber": 0.0, "cycles": 1.0}
"""Conditions of which a run in `wb` is one, and at which value."""
LOOKS = 10


@dataclass(frozen=True)
class _At:
    """A run at one value of the condition."""

    value: float
    summary: Summary


def degradation(summaries: Sequence[Summary], metric: str) -> Chart:
    """`metric` over the condition's value, a curve for each codec × operating point, of runs that differ in the value.

    Raises:
        UsageError: the runs are of other conditions, or of other recordings, or have nothing to draw.
    """
    name, runs = _ordered(summaries)
    lacking = [at for at in runs if metric not in at.summary.metrics]
    if lacking:
        raise UsageError(f"the run in condition {lacking[0].summary.condition} has no metric '{metric}'")
    style = Style.of(runs[0].summary.metrics[metric])
    curves: list[Curve] = []
    for place in dict.fromkeys(row.place for at in runs for row in at.summary.compared.rows):
        points = [point for at in runs if (point := _point(at, place, metric, style)) is not None]
        if points:
            curves.append(_curve(runs[0].summary, place, points, len(curves)))
    if not curves:
        raise UsageError(f"nothing to draw: no codec of these runs has a figure of {metric}")
    unit = _unit(runs)
    first = runs[0].summary
    notes = [about(replace(first, run={**first.run, "condition": name})), intervals(first, [metric])]
    notes += [_slope(curve, unit) for curve in curves if len(curve.points) > 1]
    panel = Panel(metric_title(first, metric), tuple(curves))
    return Chart(f"{name} ({unit})" if unit else name, (panel,), tuple(filter(None, notes)), linear=True)


def _ordered(summaries: Sequence[Summary]) -> tuple[str, list[_At]]:
    """The condition's name, and the runs by its value. Raises UsageError where they have no such thing in common."""
    conditions = [one.condition for one in summaries]
    parts = [split_condition(text) for text in conditions]
    found = {f"{one.name}{AGAINST_INPUT * one.against_input}" for one in parts if one.value is not None}
    if len(found) != 1:
        raise UsageError(
            f"--kind condition: give runs that differ in one condition's value (noise:20, noise:10, ...); these are of "
            f"{', '.join(dict.fromkeys(conditions))}"
        )
    (name,) = found
    runs = [_At(_value(text, name), one) for text, one in zip(conditions, summaries, strict=True)]
    if len({at.value for at in runs}) < len(runs):
        raise UsageError(f"--kind condition: two runs are of one value of {name}")
    if len({at.summary.run.get("revision") for at in runs}) > 1:
        raise UsageError("--kind condition: the runs are over different recordings; run all with the same --limit")
    return name, sorted(runs, key=lambda at: at.value)


def _value(text: str, name: str) -> float:
    value = split_condition(text).value
    if value is not None:
        try:
            return float(value)
        except ValueError:
            raise UsageError(f"--kind condition: the value of {name} is no number ({value})") from None
    if text != WIDE_BAND or name not in CLEAN:
        raise UsageError(f"--kind condition: a run in {text} has no value of {name}; leave it out")
    return CLEAN[name]


def _unit(runs: Sequence[_At]) -> str:
    """Of the condition's value; a run in `wb` has none."""
    return next((unit for at in runs if (unit := str(at.summary.run.get("condition_unit") or ""))), "")


def _point(at: _At, place: Place, metric: str, style: Style) -> Point | None:
    row: Row | None = next((one for one in at.summary.compared.rows if one.place == place), None)
    score = row.scores.get(metric) if row is not None else None
    if score is None or score.mean is None:
        return None
    low, high = (None if end is None else end * style.factor for end in (score.low, score.high))
    return Point(at.value, score.mean * style.factor, low, high, place.point)


def _curve(summary: Summary, place: Place, points: list[Point], number: int) -> Curve:
    """Operating points of a codec are curves of their own: each has a look of its own."""
    look = summary.looks.get(place.codec_id)
    name = f"{look.label if look else summary.name(place.codec_id)} {short_point(place.point)}"
    base = look or next(iter(summary.looks.values()))
    mine = replace(base, label=name, colour=number % LOOKS, marker=number % LOOKS, dash=number // LOOKS)
    return Curve(name, number, tuple(points), mine)


def _slope(curve: Curve, unit: str) -> str:
    """By least squares over all its points."""
    x, y = np.array([(point.x, point.y) for point in curve.points]).T
    slope, span = float(np.polyfit(x, y, 1)[0]), float(x.max() - x.min())
    step = 10.0 if span >= 1 else 10.0 ** np.floor(np.log10(span))  # of bit error rates, of seconds of reverberation
    return f"{curve.name}: {'+' if slope > 0 else '−'}{significant(abs(step * slope), 2)} per {step:g} {unit}".rstrip()
