"""Published figures as markers of the rate-quality charts: other data, other budgets, so never joined to a curve."""

from __future__ import annotations

from typing import Any

from codecbench.analysis.literature import beside, comparable, metric_of
from codecbench.analysis.summary import Summary
from codecbench.printing.figures import Style
from codecbench.published import PublishedFigure, published


def published_markers(summary: Summary) -> list[dict[str, Any]]:
    """Points of codecs that the run has, whatever their checkpoint, in its metrics, measured as it measures them.

    `lines` is the tooltip.
    """
    series: dict[str, int] = {}
    for codec_id, number in summary.series.items():
        series.setdefault(codec_id.codec, number)
    return [
        _marker(figure, series[figure.codec], metric_of(figure), summary)
        for figure in beside(published(), summary)
        if metric_of(figure) in summary.metrics and comparable(figure, summary)
    ]


def _marker(figure: PublishedFigure, series: int, metric: str, summary: Summary) -> dict[str, Any]:
    source, style = figure.source, Style.of(summary.metrics[metric])
    model = "" if figure.checkpoint else f" ({figure.model})"
    checked = " (from a transcription, not checked against the paper)" if source.secondary else ""
    return {
        "series": series,
        "metric": metric,
        "kbps": figure.kbps,
        "value": figure.value * style.factor,
        "lines": [
            f"published, other data: {figure.name}{model} at {figure.kbps:g} kbps",
            f"{metric} {style.number(figure.value)} {style.unit}".rstrip(),
            f"{source.reference}{checked}",
            f"{source.dataset}; {source.conditions}",
            source.convention,
        ],
    }
