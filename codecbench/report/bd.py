"""The section of Bjøntegaard deltas: every codec against a chosen anchor. The script prints texts made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.analysis.bd_pairs import BDFigure, Pairs, compare_curves
from codecbench.analysis.cells import Cells
from codecbench.analysis.equivalent import best_anchor, equivalent_bitrate
from codecbench.analysis.summary import Summary
from codecbench.printing.figures import Style, kbps
from codecbench.report.page import Content, Page
from codecbench.report.sections import FigureCell
from codecbench.store.ids import CodecId, by_codec


@dataclass(frozen=True)
class BDLine:
    """A codec against the anchor: bitrate at like quality, quality at like bitrate."""

    name: str
    series: int
    rate: FigureCell
    quality: FigureCell


def section(page: Page) -> Content | None:
    """Nothing where there are no two codecs to compare, or no metric to judge by."""
    summary, metrics = page.summary.compared, page.rivals.metrics
    keys = _keys(summary)
    if len(keys) < 2 or not metrics:
        return None
    cells = page.findings.cells
    places = [row.place for row in summary.rows]
    better = {name: bool(summary.metrics[name].higher_is_better) for name in metrics}
    pairs = {name: compare_curves(cells, places, name, better[name]) for name in metrics}
    anchor = best_anchor(cells, places, metrics[0], better[metrics[0]]) or _default(pairs[metrics[0]], keys)
    return Content(
        {
            "equivalents": _equivalents(cells, summary, anchor, better),
            "judged": [summary.metrics[name].title for name in metrics],
            "lines": _lines(pairs[metrics[0]], metrics[0], anchor, keys, summary),
            "anchor": anchor.name,
            "metric": metrics[0],
            "unit": Style.of(summary.metrics[metrics[0]]).unit,
            "few": any(one.rate.indicative or one.quality.indicative for row in pairs.values() for one in row.values()),
        },
        _data(pairs, anchor, keys, summary),
    )


@dataclass(frozen=True)
class EquivalentLine:
    """One operating point, and by each metric what the anchor needs for its quality."""

    name: str
    series: int
    point: str
    kbps: str
    cells: tuple[FigureCell, ...]


def _equivalents(cells: Cells, summary: Summary, anchor: CodecId, better: Mapping[str, bool]) -> list[EquivalentLine]:
    own = [row.place for row in summary.rows if row.codec_id == anchor]
    return [
        EquivalentLine(
            row.name, summary.series[row.codec_id], row.point, kbps(row.spent_kbps),
            tuple(_kbps(equivalent_bitrate(cells, own, row.place, name, better[name])) for name in better),
        )
        for row in summary.rows
        if row.codec_id != anchor
    ]  # fmt: skip


def _kbps(figure: BDFigure) -> FigureCell:
    """A bound, where the anchor has the quality at none of its rates."""
    if figure.value is None and figure.low is not None:
        return FigureCell(f"> {kbps(figure.low)}", note=str(figure.refusal))
    if figure.value is None and figure.high is not None:
        return FigureCell(f"< {kbps(figure.high)}", note=str(figure.refusal))
    return _cell(figure, kbps)


def _keys(summary: Summary) -> list[CodecId]:
    return list(by_codec(summary.rows))


def _default(pairs: Pairs, keys: Sequence[CodecId]) -> CodecId:
    """The anchor that most codecs can be compared with, in rate and in quality; the first of several.

    Rates alone would choose PCM: it reaches everyone's quality, but at bitrates where nobody else has a point.
    """

    def known(key: CodecId) -> int:
        return sum(
            one.rate.value is not None and one.quality.value is not None
            for (anchor, _), one in pairs.items()
            if anchor == key
        )

    return max(keys, key=known)


def _lines(pairs: Pairs, metric: str, anchor: CodecId, keys: Sequence[CodecId], summary: Summary) -> list[BDLine]:
    style = Style.of(summary.metrics[metric])
    lines = []
    for key in keys:
        if key == anchor:
            continue
        pair = pairs.get((anchor, key))
        name, series = summary.name(key), summary.series[key]
        if pair is None:
            none = FigureCell("n/a", more=f"no {metric} of both")
            lines.append(BDLine(name, series, none, none))
        else:
            lines.append(BDLine(name, series, _rate(pair.rate), _quality(pair.quality, style)))
    return lines


def _rate(figure: BDFigure) -> FigureCell:
    """In per cent of the anchor's rate, signed."""
    return _cell(figure, lambda value: f"{100 * value:+.0f} %")


def _quality(figure: BDFigure, style: Style) -> FigureCell:
    def text(value: float) -> str:
        number = style.number(value)
        return number if number.startswith("-") or float(number) == 0 else f"+{number}"

    return _cell(figure, text)


def _cell(figure: BDFigure, text: Callable[[float], str]) -> FigureCell:
    if figure.value is None:
        return FigureCell("n/a", more=str(figure.refusal or ""))
    ends = (
        str(figure.refusal or "")
        if figure.low is None or figure.high is None
        else f"{text(figure.low)} to {text(figure.high)}"
    )
    return FigureCell(_minus(text(figure.value)), figure.value, _minus(ends))


def _minus(text: str) -> str:
    """A sign that is as wide as a plus; words keep their hyphens."""
    return text if text[:1].isalpha() else text.replace("-", "\N{MINUS SIGN}")


def _data(pairs: Mapping[str, Pairs], default: CodecId, keys: Sequence[CodecId], summary: Summary) -> dict[str, Any]:
    """`lines` by metric and anchor: [series, rate, its second line, quality, its second line]; texts stand once."""
    texts: dict[str, int] = {}

    def number(text: str) -> int:
        return texts.setdefault(text, len(texts))

    lines = {
        metric: [
            [[one.series, *map(number, (one.rate.text, one.rate.more, one.quality.text, one.quality.more))]
             for one in _lines(compared, metric, anchor, keys, summary)]
            for anchor in keys
        ]
        for metric, compared in pairs.items()
    }  # fmt: skip
    return {
        "anchors": [summary.name(key) for key in keys],
        "anchor": keys.index(default),
        "series": {series: summary.name(codec_id) for codec_id, series in summary.series.items()},
        "units": {metric: Style.of(summary.metrics[metric]).unit for metric in pairs},
        "better": {metric: bool(summary.metrics[metric].higher_is_better) for metric in pairs},
        "lines": lines,
        "texts": list(texts),
    }
