"""Which published figures may stand beside a run's: of its codecs, at its rates, in its metrics. Never compared."""

from __future__ import annotations

from collections.abc import Iterable

from codecbench.analysis.summary import Summary
from codecbench.published import PublishedFigure

SLACK = 1.1
"""A published rate may lie so far outside of the codec's own range in the run; beyond, an axis would be stretched."""
SAME = {"pesq": "pesq_wb"}
"""Published metrics that stand under another name; the source's convention says what they are."""


def metric_of(figure: PublishedFigure) -> str:
    """The metric or cost beside which a figure stands."""
    return SAME.get(figure.metric, figure.metric)


def beside(figures: Iterable[PublishedFigure], summary: Summary) -> list[PublishedFigure]:
    """Those of the run's codecs, whatever their checkpoint, in their range of rates; no narrow-band PESQ."""
    rates: dict[str, list[float]] = {}
    for row in summary.rows:
        rates.setdefault(row.codec, []).append(row.nominal_kbps)
    return [
        figure
        for figure in figures
        if figure.codec in rates
        and min(rates[figure.codec]) / SLACK <= figure.kbps <= max(rates[figure.codec]) * SLACK
        and not _narrow(figure)
    ]


def _narrow(figure: PublishedFigure) -> bool:
    """A narrow-band PESQ has no place on a wide-band axis."""
    return figure.metric == "pesq" and "narrow band" in figure.source.convention.lower()
