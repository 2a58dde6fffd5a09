"""Hallucinated and degraded words stacked over bitrate: one small drawing per codec, all on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10

from codecbench.analysis.hallucination import CI, DEGRADED, HALLUCINATED
from codecbench.analysis.scores import MetricSummary
from codecbench.analysis.summary import Row, Summary
from codecbench.printing.figures import Style
from codecbench.store.ids import point_text

WIDTH, HEIGHT = 340.0, 200.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 8.0, 18.0, 42.0
FEWEST_PLACES = 5
"""A codec with fewer points has bars no wider than one with so many."""


@dataclass(frozen=True)
class Span:
    """An interval as a vertical line."""

    y1: float
    y2: float


@dataclass(frozen=True)
class WordBar:
    """One operating point, in units of the drawing. `cut` marks a bar that is higher than the scale."""

    point: str
    x: float
    width: float
    hallucinated_y: float
    top_y: float
    cut: bool
    total: str
    share: str
    hallucinated_span: Span | None
    total_span: Span | None
    label: str


@dataclass(frozen=True)
class BarPanel:
    name: str
    series: int
    bars: tuple[WordBar, ...]


@dataclass(frozen=True)
class Tick:
    y: float
    text: str


@dataclass(frozen=True)
class FloorLine:
    """A floor, drawn in every panel."""

    y: float
    kind: str


@dataclass(frozen=True)
class Frame:
    """Where every panel has its edges: bars stand on `base`, `points` and `shares` are the lines of text below."""

    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    base: float = HEIGHT - BOTTOM
    points: float = HEIGHT - BOTTOM + 16
    shares: float = HEIGHT - BOTTOM + 33


@dataclass(frozen=True)
class Drawing:
    panels: tuple[BarPanel, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[FloorLine, ...]
    cut: bool
    frame: Frame = Frame()


def draw_bars(summary: Summary, floors: Mapping[str, float]) -> Drawing | None:
    """`floors` by kind, as shares of words. None where no codec × point has verdicts."""
    rows = [row for row in summary.rows if all(_known(row, metric) for metric in (CI, HALLUCINATED, DEGRADED))]
    if not rows:
        return None
    scale = _Scale(_top(rows))
    panels = []
    for codec_id, series in summary.series.items():
        mine = [row for row in rows if row.codec_id == codec_id]
        if mine:
            mine.sort(key=lambda row: row.rising_kbps)
            panels.append(BarPanel(summary.name(codec_id), series, tuple(_bars(mine, scale, summary))))
    lines = tuple(FloorLine(scale.y(share), kind) for kind, share in floors.items() if share <= scale.top)
    return Drawing(tuple(panels), scale.ticks(), lines, any(bar.cut for panel in panels for bar in panel.bars))


@dataclass(frozen=True)
class _Scale:
    """Shares of words from 0 to `top`."""

    top: float

    def y(self, share: float) -> float:
        inside = min(max(share, 0.0), self.top)
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * inside / self.top, 1)

    def span(self, score: MetricSummary) -> Span | None:
        if score.low is None or score.high is None or score.high == score.low:
            return None
        return Span(self.y(score.low), self.y(score.high))

    def ticks(self) -> tuple[Tick, ...]:
        step = _nice(self.top / 4)
        count = int(self.top / step + 1e-9)
        return tuple(Tick(self.y(k * step), f"{100 * k * step:g}") for k in range(count + 1))


def _top(rows: Sequence[Row]) -> float:
    """Hallucinated words are to be seen: a codec that lost every word must not flatten them, its bar is cut."""
    highest = max(_mean(row, CI) for row in rows)
    top = min(highest, max(3 * max(_mean(row, HALLUCINATED) for row in rows), 0.02))
    return max(1.05 * top, 0.005)


def _nice(raw: float) -> float:
    """The least of 1, 2, 5 × 10^k that is not below `raw`."""
    power = 10.0 ** ceil(log10(raw) - 1)
    return next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)


def _bars(rows: Sequence[Row], scale: _Scale, summary: Summary) -> list[WordBar]:
    pitch = (WIDTH - LEFT - RIGHT) / max(len(rows), FEWEST_PLACES)
    style = Style.of(summary.metrics[CI])
    return [_bar(row, LEFT + pitch * (n + 0.16), 0.68 * pitch, scale, style) for n, row in enumerate(rows)]


def _bar(row: Row, x: float, width: float, scale: _Scale, style: Style) -> WordBar:
    total, hallucinated, blur = row.scores[CI], row.scores[HALLUCINATED], row.scores[DEGRADED]
    named = {"hallucinated": hallucinated, "degraded": blur, "changed in all": total}
    parts = [f"{name} {style.number(score.mean or 0.0)} % ({style.interval(score)})" for name, score in named.items()]
    return WordBar(
        point=row.point,
        x=round(x, 1),
        width=round(width, 1),
        hallucinated_y=scale.y(_mean(row, HALLUCINATED)),
        top_y=scale.y(_mean(row, CI)),
        cut=_mean(row, CI) > scale.top,
        total=style.number(total.mean or 0.0),
        share=style.number(hallucinated.mean or 0.0),
        hallucinated_span=scale.span(hallucinated),
        total_span=scale.span(total),
        label=f"{point_text(row.point)}: " + ", ".join(parts).replace(" ()", ""),
    )


def _known(row: Row, metric: str) -> bool:
    return metric in row.scores and row.scores[metric].mean is not None


def _mean(row: Row, metric: str) -> float:
    return row.scores[metric].mean or 0.0
