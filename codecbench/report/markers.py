"""Published figures as markers of the rate-quality charts: other data, other budgets, so never joined to a curve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codecbench.analysis.summary import Summary
from codecbench.published import PublishedFigure, published
from codecbench.report.figures import Style, codec_name

SLACK = 1.1
"""So far outside of a codec's own range of rates in the run, as in the tables; beyond, the axis would be stretched."""
DRAWN: Mapping[str, str] = {
    "pesq": "pesq_wb", "stoi": "stoi", "estoi": "estoi", "si_sdr": "si_sdr", "wer": "wer",
    "speaker_similarity": "speaker_similarity",
}  # fmt: skip
"""Chart by published metric. The others (ViSQOL, costs) have no chart here."""


def published_markers(summary: Summary) -> list[dict[str, Any]]:
    """Points of codecs that the run has, whatever their checkpoint, in its metrics: `lines` is the tooltip."""
    series: dict[str, int] = {}
    for index, codec in enumerate(summary.codecs):
        series.setdefault(codec.codec, index)
    return [
        _marker(figure, series[figure.codec], DRAWN[figure.metric], summary)
        for figure in published()
        if figure.codec in series
        and DRAWN.get(figure.metric) in summary.metrics
        and not _narrow(figure)
        and _in_range(figure, summary)
    ]


def _in_range(figure: PublishedFigure, summary: Summary) -> bool:
    rates = [row.nominal_kbps for row in summary.rows if row.codec == figure.codec]
    return bool(rates) and min(rates) / SLACK <= figure.kbps <= max(rates) * SLACK


def _narrow(figure: PublishedFigure) -> bool:
    """A narrow-band PESQ has no place on a wide-band axis."""
    return figure.metric == "pesq" and "narrow band" in figure.source.convention.lower()


def _marker(figure: PublishedFigure, series: int, metric: str, summary: Summary) -> dict[str, Any]:
    source, style = figure.source, Style.of(summary.metrics[metric])
    what = codec_name(figure.codec, figure.checkpoint or "")
    own = "" if figure.checkpoint else " (the authors' own model)"
    checked = " (from a transcription, not checked against the paper)" if source.secondary else ""
    return {
        "series": series,
        "metric": metric,
        "kbps": figure.kbps,
        "value": figure.value * style.factor,
        "lines": [
            f"published, other data: {what}{own} at {figure.kbps:g} kbps",
            f"{metric} {style.number(figure.value)} {style.unit}".rstrip() + _band(figure),
            f"{source.reference}{checked}",
            f"{source.dataset}; {source.conditions}",
            source.convention,
        ],
    }


def _band(figure: PublishedFigure) -> str:
    if figure.metric != "pesq" or "wide band" in figure.source.convention.lower():
        return ""
    return " (band not stated)"
