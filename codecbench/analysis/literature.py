"""Which published figures may stand beside a run's: of its codecs, at its rates, in its metrics. Never compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codecbench.analysis.summary import Summary
from codecbench.published import CONVENTIONS, UNKNOWN, PublishedFigure
from codecbench.store.ids import CodecId

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
    """Those of the run's codecs, whatever their checkpoint, in their range of rates, whatever their convention.

    Of a reader's own file all: what it has was asked for.
    """
    rates: dict[str, list[float]] = {}
    for row in summary.rows:
        rates.setdefault(row.codec, []).append(row.rising_kbps)
    return [
        figure
        for figure in figures
        if figure.source.asked
        or (
            figure.codec in rates
            and min(rates[figure.codec]) / SLACK <= figure.kbps <= max(rates[figure.codec]) * SLACK
        )
    ]


def called(figure: PublishedFigure, summary: Summary) -> str:
    """`encodec:facebook-24khz`, only `encodec` where the weights are not known, or as the reader calls it."""
    return summary.view.wishes.label(_id(figure))


def series_of(figure: PublishedFigure, summary: Summary) -> int | None:
    """The number of the codec that a figure is drawn as: the run's first of this name, else one of its own.

    None where nobody asked for figures of this codec.
    """
    own = {row.codec_id for row in summary.codecs}
    mine = (series for one, series in summary.series.items() if one.codec == figure.codec and one in own)
    return next(mine, summary.series.get(_id(figure)))


def _id(figure: PublishedFigure) -> CodecId:
    return CodecId(figure.codec, figure.checkpoint or "")
