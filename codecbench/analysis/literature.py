"""Which published figures may stand beside a run's: of its codecs, at its rates, in its metrics. Never compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codecbench.analysis.summary import Summary
from codecbench.published import CONVENTIONS, UNKNOWN, PublishedFigure

SLACK = 1.1
"""A published rate may lie so far outside of the codec's own range in the run; beyond, an axis would be stretched."""
PESQ: Mapping[str | None, str] = {"wide": "pesq_wb", "narrow": "pesq_nb"}


def metric_of(figure: PublishedFigure) -> str:
    """The metric or cost that a figure is of: PESQ by its band, and `pesq` where the paper does not say which."""
    return PESQ.get(figure.source.pesq_band, figure.metric) if figure.metric == "pesq" else figure.metric


def comparable(figure: PublishedFigure, summary: Summary) -> bool:
    """Whether it was measured as the run's figures of that metric were: the same band, recognizer, encoder, counter.

    Only then does it stand in their column; what is not known is not the same.
    """
    ours = {
        "pesq": figure.convention if figure.convention in PESQ else None,
        "wer": (summary.run.get("recognizer") or {}).get("id"),
        "speaker_similarity": _encoder(summary),
        "macs_per_s": "structural",
    }
    return figure.metric not in CONVENTIONS or (
        figure.convention != UNKNOWN and figure.convention == ours[figure.metric]
    )


def _encoder(summary: Summary) -> str | None:
    facts = summary.metrics.get("speaker_similarity")
    return None if facts is None else (facts.parameters or {}).get("encoder")


def beside(figures: Iterable[PublishedFigure], summary: Summary) -> list[PublishedFigure]:
    """Those of the run's codecs, whatever their checkpoint, in their range of rates, whatever their convention."""
    rates: dict[str, list[float]] = {}
    for row in summary.rows:
        rates.setdefault(row.codec, []).append(row.nominal_kbps)
    return [
        figure
        for figure in figures
        if figure.codec in rates and min(rates[figure.codec]) / SLACK <= figure.kbps <= max(rates[figure.codec]) * SLACK
    ]
