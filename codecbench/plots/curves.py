"""What a figure shows, before anything is drawn: curves of a Summary's figures, on the scale of the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from codecbench.analysis.hallucination import CI, HALLUCINATED
from codecbench.analysis.literature import beside, called, comparable, metric_of, series_of
from codecbench.analysis.summary import Row, Summary
from codecbench.errors import UsageError
from codecbench.plots.axes import BITRATE, COSTS, Axis, CostAxis, cost_axis
from codecbench.plots.chart import Chart, Curve, Line, Panel, Point
from codecbench.plots.notes import caption
from codecbench.printing.figures import Style
from codecbench.published import PublishedFigure
from codecbench.tables.published import convention_text, describe, stands_at

Kind = Literal["rate-quality", "cost-quality", "hallucination"]
By = Literal["codec", "family"]


def rate_quality(summary: Summary, metric: str, published: Sequence[PublishedFigure] = ()) -> Chart:
    """`metric` over the measured bitrate. Raises UsageError where the run has no figure to draw."""
    panel = _panel(summary, metric, BITRATE)
    marks, sources = _published(panel, summary, metric, published, lambda figure: figure.kbps)
    panel = replace(panel, published=marks)
    return Chart(BITRATE.title, (panel,), (*caption(summary, {metric: panel}, BITRATE), *sources, *summary.notes))


def cost_quality(summary: Summary, metric: str, cost: CostAxis, published: Sequence[PublishedFigure] = ()) -> Chart:
    """`metric` over a cost. Raises UsageError where no codec has both."""
    axis, name = cost_axis(cost), COSTS[cost][0]
    panel = _panel(summary, metric, axis)
    values = {
        (f.source.id, f.codec, f.checkpoint, f.kbps): f.value
        for f in published
        if f.metric == name and comparable(f, summary)
    }
    place = lambda f: values.get((f.source.id, f.codec, f.checkpoint, f.kbps))  # noqa: E731
    marks, sources = _published(panel, summary, metric, published, place)
    panel = replace(panel, published=marks)
    notes = (*caption(summary, {metric: panel}, axis), *sources, *summary.notes)
    return Chart(axis.title, (panel,), notes, labels=True)


def hallucination_metrics(metric: str | None = None) -> tuple[str, str]:
    """What `hallucination` shows, a panel each."""
    return CI, HALLUCINATED if metric is None or metric == CI else metric


def hallucination(summary: Summary, metric: str | None = None) -> Chart:
    """All codec-induced word errors with their null floor, and `metric` (by default: the hallucinated among them)."""
    panels = {name: _panel(summary, name, BITRATE) for name in hallucination_metrics(metric)}
    floor = summary.null_floor
    if floor.value is None:
        told = f"No null floor: {floor.reason}."
    else:
        factor = Style.of(summary.metrics[CI]).factor
        panels[CI] = replace(panels[CI], line=Line(floor.value * factor, "null floor"))
        most = "" if floor.upper is None else f", at most {floor.upper * factor:.1f} %"
        told = f"Null floor: codec-induced errors under inaudible changes, {floor.cases} cases{most}."
    notes = (*caption(summary, panels, BITRATE), told, *summary.notes)
    return Chart(BITRATE.title, tuple(panels.values()), notes)


def _panel(summary: Summary, metric: str, axis: Axis) -> Panel:
    if metric not in summary.metrics:
        known = ", ".join(summary.metric_order()) or "none"
        raise UsageError(f"this run has no metric '{metric}'; it has: {known}")
    style = Style.of(summary.metrics[metric])
    curves = []
    for codec_id, series in summary.series.items():
        rows = [row for row in summary.compared.rows if row.codec_id == codec_id]
        points = [point for row in rows if (point := _point(row, metric, style, axis.place(row))) is not None]
        if points:
            look = summary.looks[codec_id]
            curves.append(Curve(look.label, series, tuple(points), look, rows[0].track == "untrained"))
    if not curves:
        why = _why(summary.compared, metric)
        raise UsageError(f"nothing to draw: no codec of this run has a figure of {metric}{axis.what}{why}")
    return Panel(metric_title(summary, metric), tuple(curves), _floor(summary, metric))


def _point(row: Row, metric: str, style: Style, x: float | None) -> Point | None:
    score = row.scores.get(metric)
    if score is None or score.mean is None or x is None or x <= 0:
        return None
    low, high = (None if end is None else end * style.factor for end in (score.low, score.high))
    return Point(x, score.mean * style.factor, low, high, row.point)


def metric_title(summary: Summary, metric: str) -> str:
    """A metric's title with its unit, and an arrow to its better side."""
    facts = summary.metrics[metric]
    style, better = Style.of(facts), facts.higher_is_better
    unit = f" ({style.unit})" if style.unit else ""
    arrow = "" if better is None else " ↑" if better else " ↓"
    return f"{facts.title}{unit}{arrow}"


def _floor(summary: Summary, metric: str) -> Line | None:
    """What the recognizer makes of the originals."""
    interval = summary.floor.get(metric)
    if interval is None or interval.value is None:
        return None
    return Line(interval.value * Style.of(summary.metrics[metric]).factor, "originals")


def _published(
    panel: Panel, summary: Summary, metric: str, figures: Iterable[PublishedFigure],
    place: Callable[[PublishedFigure], float | None],
) -> tuple[tuple[Curve, ...], list[str]]:  # fmt: skip
    """Marks of the drawn codecs' published figures, and what has to be said of their sources."""
    factor = Style.of(summary.metrics[metric]).factor
    drawn = {curve.series: curve.look for curve in panel.curves}
    series = {one.codec: number for one, number in reversed(list(summary.series.items())) if number in drawn}
    drawn |= {summary.series[one]: summary.looks[one] for one in summary.guests}
    marks, sources = [], {}
    others: dict[str, None] = {}
    for figure in beside(figures, summary):
        x = place(figure)
        number = series.get(figure.codec, series_of(figure, summary) if figure.source.asked else None)
        if number not in drawn or x is None or x <= 0:
            continue
        if not comparable(figure, summary) and stands_at(figure) == metric:
            others[f"{convention_text(figure, summary)} of {figure.source.reference}"] = None
        elif metric_of(figure) == metric:
            point = Point(x, figure.value * factor, label=f"{figure.kbps:g}")
            marks.append(Curve(called(figure, summary), number, (point,), drawn[number]))
            sources[figure.source.id] = describe(figure.source)
    notes = [f"Hollow: published, on other data: {text}" for text in sources.values()]
    return tuple(marks), [*notes, *(f"Published, other convention, not drawn: {text}." for text in others)]


def _why(summary: Summary, metric: str) -> str:
    reasons = [score.reason for row in summary.rows if (score := row.scores.get(metric)) and score.reason]
    return f" ({reasons[0]})" if reasons else ""
