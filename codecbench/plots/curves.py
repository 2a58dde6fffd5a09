"""What a figure shows, before anything is drawn: curves of a Summary's figures, on the scale of the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codecbench.analysis.costs import UTTERANCE
from codecbench.analysis.hallucination import CI, HALLUCINATED
from codecbench.analysis.literature import beside, metric_of
from codecbench.analysis.summary import Row, Summary
from codecbench.errors import UsageError
from codecbench.published import PublishedFigure
from codecbench.tables.columns import TITLES
from codecbench.tables.figures import Style, codec_name
from codecbench.tables.published import describe

Kind = Literal["rate-quality", "cost-quality", "hallucination"]
CostAxis = Literal["macs", "rtf", "latency", "parameters"]
COSTS: Mapping[CostAxis, tuple[str, str]] = {
    "macs": ("macs_per_s", "MAC per second of audio"),
    "rtf": ("rtf", "RTF, encoding and decoding"),
    "latency": ("latency_ms", "latency (ms)"),
    "parameters": ("parameters", "parameters"),
}
"""The published name of each and the title of its axis."""
KBPS = "bitrate (kbps)"


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
    """A codec's points in the order of its bitrates; `series` is its place in the run, which decides how it looks."""

    name: str
    series: int
    points: tuple[Point, ...]


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


@dataclass(frozen=True)
class Chart:
    """`notes` is what a caption has to say: it is printed, not drawn."""

    x_title: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()
    labels: bool = False
    """Whether the ends of curves carry their nominal kbps."""


def rate_quality(summary: Summary, metric: str, published: Sequence[PublishedFigure] = ()) -> Chart:
    """`metric` over the measured bitrate. Raises UsageError where the run has no figure to draw."""
    panel = _panel(summary, metric, lambda row: row.rate.measured_kbps)
    marks, notes = _published(panel, summary, metric, published, lambda figure: figure.kbps)
    return Chart(KBPS, (_with(panel, marks),), (_intervals(summary, [metric]), *notes))


def cost_quality(summary: Summary, metric: str, cost: CostAxis, published: Sequence[PublishedFigure] = ()) -> Chart:
    """`metric` over a cost. Raises UsageError where no codec has both."""
    name, title = COSTS[cost]
    panel = _panel(summary, metric, lambda row: _cost(row, cost), f" and {cost}")
    values = {(f.source.id, f.codec, f.checkpoint, f.kbps): f.value for f in published if f.metric == name}
    place = lambda f: values.get((f.source.id, f.codec, f.checkpoint, f.kbps))  # noqa: E731
    marks, notes = _published(panel, summary, metric, published, place)
    missing = _missing(summary, panel, metric, cost)
    return Chart(title, (_with(panel, marks),), (_intervals(summary, [metric]), *missing, *notes), labels=True)


def hallucination(summary: Summary, metric: str | None = None) -> Chart:
    """All codec-induced word errors with their null floor, and `metric` (by default: the hallucinated among them)."""
    shown = HALLUCINATED if metric in (None, CI) else metric
    panels = [_panel(summary, name, lambda row: row.rate.measured_kbps) for name in (CI, shown) if name]
    floor = summary.null_floor
    notes = [_intervals(summary, [CI, shown or CI])]
    if floor.value is None:
        notes.append(f"No null floor: {floor.reason}.")
    else:
        line = Line(floor.value * Style.of(summary.metrics[CI]).factor, "null floor")
        panels[0] = Panel(panels[0].y_title, panels[0].curves, line)
        notes.append(f"Null floor: codec-induced errors under inaudible changes, {floor.cases} cases.")
    return Chart(KBPS, tuple(panels), tuple(notes))


def _panel(summary: Summary, metric: str, place: Callable[[Row], float | None], what: str = "") -> Panel:
    if metric not in summary.metrics:
        known = ", ".join(summary.metric_order()) or "none"
        raise UsageError(f"this run has no metric '{metric}'; it has: {known}")
    style = Style.of(summary.metrics[metric])
    curves = []
    for codec, series in summary.series.items():
        rows = [row for row in summary.rows if (row.codec, row.checkpoint) == codec]
        points = [point for row in rows if (point := _point(row, metric, style, place(row))) is not None]
        if points:
            curves.append(Curve(codec_name(*codec), series, tuple(points)))
    if not curves:
        raise UsageError(f"nothing to draw: no codec of this run has a figure of {metric}{what}{_why(summary, metric)}")
    return Panel(_title(summary, metric), tuple(curves), _floor(summary, metric))


def _point(row: Row, metric: str, style: Style, x: float | None) -> Point | None:
    score = row.scores.get(metric)
    if score is None or score.mean is None or x is None or x <= 0:
        return None
    low, high = (None if end is None else end * style.factor for end in (score.low, score.high))
    return Point(x, score.mean * style.factor, low, high, row.point)


def _title(summary: Summary, metric: str) -> str:
    style, better = Style.of(summary.metrics[metric]), summary.metrics[metric].get("higher_is_better")
    unit = f" ({style.unit})" if style.unit else ""
    arrow = "" if better is None else " ↑" if better else " ↓"
    return f"{TITLES.get(metric, metric)}{unit}{arrow}"


def _floor(summary: Summary, metric: str) -> Line | None:
    """What the recognizer makes of the originals."""
    found = summary.floor.get(metric)
    if found is None or found.value is None:
        return None
    return Line(found.value * Style.of(summary.metrics[metric]).factor, "originals")


def _cost(row: Row, cost: CostAxis) -> float | None:
    if cost == "macs":
        return row.cost.macs_per_s
    if cost == "rtf":
        encode, decode = row.cost.number("rtf_encode"), row.cost.number("rtf_decode")
        return None if encode is None or decode is None else encode + decode
    return row.cost.number(COSTS[cost][0])


def _missing(summary: Summary, panel: Panel, metric: str, cost: CostAxis) -> list[str]:
    """Codecs that have the metric but no place on the axis."""
    drawn = {curve.name for curve in panel.curves}
    gone: dict[str, str] = {}
    for row in summary.rows:
        name, score = codec_name(row.codec, row.checkpoint), row.scores.get(metric)
        if name not in drawn and score is not None and score.mean is not None:
            gone[name] = _cost_reason(row, cost)
    return [f"Not drawn: {', '.join(f'{name} ({why})' for name, why in gone.items())}."] if gone else []


def _cost_reason(row: Row, cost: CostAxis) -> str:
    names = {"macs": ("encoder_macs_per_s", "decoder_macs_per_s"), "rtf": ("rtf_encode", "rtf_decode")}
    wanted = names.get(cost, (COSTS[cost][0],))
    if row.cost.figures.get(wanted[0]) == UTTERANCE:
        return "needs the whole utterance"
    return next((row.cost.reasons[name] for name in wanted if name in row.cost.reasons), "0 has no place on a log axis")


def _published(
    panel: Panel, summary: Summary, metric: str, figures: Iterable[PublishedFigure],
    place: Callable[[PublishedFigure], float | None],
) -> tuple[tuple[Curve, ...], list[str]]:  # fmt: skip
    """Marks of the drawn codecs' published figures, and what has to be said of their sources."""
    factor = Style.of(summary.metrics[metric]).factor
    series = {summary.codecs[curve.series].codec: curve.series for curve in reversed(panel.curves)}
    marks, sources = [], {}
    for figure in beside(figures, summary):
        x = place(figure)
        if figure.codec in series and metric_of(figure) == metric and x is not None and x > 0:
            point = Point(x, figure.value * factor, label=f"{figure.kbps:g}")
            marks.append(Curve(figure.codec, series[figure.codec], (point,)))
            sources[figure.source.id] = describe(figure.source)
    return tuple(marks), [f"Hollow: published, on other data: {text}" for text in sources.values()]


def _with(panel: Panel, marks: tuple[Curve, ...]) -> Panel:
    return Panel(panel.y_title, panel.curves, panel.line, marks)


def _intervals(summary: Summary, metrics: Sequence[str]) -> str:
    rows = [row.scores[name] for row in summary.rows for name in metrics if name in row.scores]
    if not any(score.low is not None for score in rows):
        return "No intervals: too few speakers."
    few = " (indicative: too few speakers or events)" if any(score.indicative for score in rows) else ""
    return f"Bars: 95 % intervals over speakers{few}."


def _why(summary: Summary, metric: str) -> str:
    reasons = [score.reason for row in summary.rows if (score := row.scores.get(metric)) and score.reason]
    return f" ({reasons[0]})" if reasons else ""
