"""The section "Where the loss comes from": a table per metric, with bars that step down from the perfect score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codecbench.analysis.bootstrap import Estimate
from codecbench.analysis.ladder import LadderStep, LossLadder, Part
from codecbench.analysis.summary import Summary
from codecbench.printing.figures import Style
from codecbench.report.page import Content, Page
from codecbench.report.sections import FigureCell

PARTS: Mapping[Part, str] = {"front_end": "front end", "network": "network", "quantizer": "quantizer"}
WIDTH = 240.0
LANE = 8
"""Height of a step's bar; one lane for each part."""


@dataclass(frozen=True)
class Bar:
    """One step as a bar, in units of the drawing. A `gain` goes back towards the perfect score."""

    part: Part
    x: float
    y: int
    width: float
    gain: bool
    label: str


@dataclass(frozen=True)
class LadderLine:
    """One operating point. `largest` is the part that loses most; `bars` is empty where a step is not known.

    With a `reason` there is no ladder, and `point` names all points that share it.
    """

    name: str
    series: int
    point: str
    first: bool
    cells: tuple[FigureCell, ...] = ()
    largest: Part | None = None
    bars: tuple[Bar, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class LadderTable:
    """One metric. `zero` is where no loss is in the drawings, `reach` their right end, as text."""

    metric: str
    description: str
    unit: str
    lines: tuple[LadderLine, ...]
    zero: float
    reach: str


def section(page: Page) -> Content | None:
    """None where the run did not ask for the ladder."""
    tables = ladder_tables(page.summary)
    return Content({"ladders": tables, "names": PARTS}) if tables else None


def ladder_tables(summary: Summary) -> list[LadderTable]:
    """A table for each metric of the ladder; none where there is no ladder."""
    return [
        _table(name, [ladder for ladder in summary.ladder if ladder.metric == name], summary)
        for name in dict.fromkeys(ladder.metric for ladder in summary.ladder)
    ]


def _table(metric: str, ladders: Sequence[LossLadder], summary: Summary) -> LadderTable:
    facts = summary.metrics[metric]
    style = Style.of(facts)
    ends = [end for ladder in ladders for end in _ends(ladder)]
    scale = _Scale(min([0.0, *ends]), max([0.0, *ends]))
    lines: list[LadderLine] = []
    for codec_id, series in summary.series.items():
        mine = [ladder for ladder in ladders if ladder.codec_id == codec_id]
        name = summary.name(codec_id)
        reasons: dict[str, list[str]] = {}
        for ladder in mine:
            if ladder.reason is not None:
                reasons.setdefault(ladder.reason, []).append(ladder.point)
                continue
            first = not any(line.name == name for line in lines)
            bars = _bars(ladder, scale, style)
            lines.append(LadderLine(name, series, ladder.point, first, _cells(ladder, style), ladder.worst, bars))
        lines += [LadderLine(name, series, ", ".join(at), True, reason=why) for why, at in reasons.items()]
    return LadderTable(metric, facts.description, style.unit, tuple(lines), scale.place(0.0), style.number(scale.high))


def _cells(ladder: LossLadder, style: Style) -> tuple[FigureCell, ...]:
    """Perfect score, the loss of each part, their total, and the score that is left."""
    coverage = "" if ladder.n == ladder.planned else f"{ladder.n}/{ladder.planned}"
    left = next((step.score for step in ladder.steps if step.part == "quantizer"), None)
    return (
        _score(ladder.perfect, style),
        *(_step(step, style) for step in ladder.steps),
        _loss(ladder.total, style, coverage),
        _score(left, style),
    )


def _score(value: float | None, style: Style) -> FigureCell:
    return FigureCell("n/a") if value is None else FigureCell(style.number(value), value)


def _step(step: LadderStep, style: Style) -> FigureCell:
    if step.absent:
        return FigureCell("none", more=step.reason or "")
    if step.loss is None:
        return FigureCell("n/a", more=step.reason or "")
    after = "" if step.score is None else f"leaves {style.number(step.score)}"
    return _loss(step.loss, style, note=after)


def _loss(loss: Estimate | None, style: Style, coverage: str = "", note: str = "") -> FigureCell:
    if loss is None:
        return FigureCell("n/a")
    more = " · ".join(filter(None, [style.interval(loss), coverage]))
    return FigureCell(style.number(loss.value), loss.value, more, note)


@dataclass(frozen=True)
class _Scale:
    """Losses from `low` (a gain, or 0) to `high`, over the width of the drawing."""

    low: float
    high: float

    def place(self, loss: float) -> float:
        return WIDTH * (loss - self.low) / ((self.high - self.low) or 1.0)


def _ends(ladder: LossLadder) -> list[float]:
    """Where the steps end, as losses from the perfect score."""
    ends: list[float] = []
    for step in ladder.steps:
        if step.loss is not None:
            ends.append((ends[-1] if ends else 0.0) + step.loss.value)
    return ends


def _bars(ladder: LossLadder, scale: _Scale, style: Style) -> tuple[Bar, ...]:
    if ladder.worst is None:
        return ()
    bars, at = [], 0.0
    for lane, step in enumerate(ladder.steps):
        if step.loss is None:
            continue
        start, end = sorted((scale.place(at), scale.place(at + step.loss.value)))
        at += step.loss.value
        width = max(end - start, 1.0)  # a step that loses nothing is still seen to be there
        label = f"{PARTS[step.part]} {style.number(step.loss.value)}"
        bars.append(Bar(step.part, round(min(start, WIDTH - width), 1), lane * LANE, round(width, 1),
                        step.loss.value < 0, label))  # fmt: skip
    return tuple(bars)
