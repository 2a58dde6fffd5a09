"""Published figures as markers of the rate-quality charts: other data, other budgets, so never joined to a curve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from codecbench.analysis.literature import beside, called, comparable, metric_of, series_of
from codecbench.analysis.summary import Summary
from codecbench.printing.figures import Style
from codecbench.published import PublishedFigure


def published_markers(summary: Summary, figures: Iterable[PublishedFigure]) -> list[dict[str, Any]]:
    """Points of codecs that the run has, whatever their checkpoint, in its metrics, measured as it measures them.

    Of a reader's own file those of other codecs too. `lines` is the tooltip.
    """
    return [
        _marker(figure, series, metric_of(figure), summary)
        for figure in beside(figures, summary)
        if metric_of(figure) in summary.metrics and comparable(figure, summary)
        and (series := series_of(figure, summary)) is not None
    ]  # fmt: skip


def _marker(figure: PublishedFigure, series: int, metric: str, summary: Summary) -> dict[str, Any]:
    source, style = figure.source, Style.of(summary.metrics[metric])
    model = "" if figure.checkpoint else f" ({figure.model})"
    checked = " (from a transcription, not checked against the paper)" if source.secondary else ""
    return {
        "series": series,
        "guest": all(codec.codec != figure.codec for codec in summary.codecs),
        "metric": metric,
        "kbps": figure.kbps,
        "value": figure.value * style.factor,
        "lines": [
            f"published, other data: {called(figure, summary)}{model} at {figure.kbps:g} kbps",
            f"{metric} {style.number(figure.value)} {style.unit}".rstrip(),
            f"{source.reference}{checked}",
            f"{source.dataset}; {source.conditions}",
            source.convention,
        ],
    }
