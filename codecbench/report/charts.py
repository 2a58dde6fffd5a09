"""What the report's charts draw: the Summary's figures, with the text that is printed for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codecbench.analysis.scores import MetricSummary
from codecbench.analysis.summary import Row, Summary
from codecbench.printing.figures import Style, cost_figure, kbps, repeats_text, scaled
from codecbench.printing.wording import events_text
from codecbench.report.markers import published_markers
from codecbench.report.page import Content, Page
from codecbench.report.pareto import front_marks, front_texts
from codecbench.report.sentences import rtf_text
from codecbench.store.ids import point_text
from codecbench.store.rows import UTTERANCE

COST_AXES: Mapping[str, tuple[str, str]] = {
    "macs_per_s": ("MACs per second of audio (encoder, quantizer, decoder)", ""),
    "rtf": ("RTF of encoding and decoding (processing time / audio time)", ""),
    "rtf_encode": ("RTF of encoding (processing time / audio time)", ""),
    "rtf_decode": ("RTF of decoding (processing time / audio time)", ""),
    "latency_ms": ("latency (ms)", " ms"),
    "parameters": ("parameters", ""),
}
"""Title of the axis and unit of a value."""


def quality(page: Page) -> Content | None:
    """The chart section; its data serve the cost section as well."""
    if not page.summary.rows:
        return None
    summary = page.summary.compared
    return Content(data=chart_data(summary) | {"published": published_markers(summary, page.published)})


def cost(page: Page) -> Content | None:
    if not page.summary.rows:
        return None
    return Content(
        {"fronts": front_texts(page.summary.compared, page.rivals)},
        {"fronts": front_marks(page.summary.compared, page.rivals)},
    )


def chart_data(summary: Summary) -> dict[str, Any]:
    """JSON: `series` (codecs by the number that they look by), `metrics`, `axes`, `points`. Ratios are in per cent."""
    order = summary.metric_order()
    return {
        "series": {
            series: summary.name(codec_id)
            for codec_id, series in summary.series.items()
            if any(row.codec_id == codec_id for row in summary.rows) or codec_id in summary.guests
        },
        "metrics": {name: _metric(summary, name) for name in order},
        "primary": [name for name in order if name in summary.primary] or order[:4],
        "axes": {name: title for name, (title, _) in COST_AXES.items()},
        "points": [_point(row, summary.series[row.codec_id], summary) for row in summary.rows],
    }


def _metric(summary: Summary, name: str) -> dict[str, Any]:
    facts = summary.metrics[name]
    style = Style.of(facts)
    floor = summary.floor[name].value if name in summary.floor else None
    return {
        "title": facts.long_title,
        "low": None if facts.low is None else facts.low * style.factor,
        "high": None if facts.high is None else facts.high * style.factor,
        "unit": style.unit,
        "better": facts.higher_is_better,
        "description": facts.description,
        "floor": None if floor is None else floor * style.factor,
        "floorText": "" if floor is None else f"{style.number(floor)} {style.unit}",
    }


def _point(row: Row, series: int, summary: Summary) -> dict[str, Any]:
    return {
        "series": series,
        "point": row.point,
        "nominal": row.nominal_kbps,
        "point_text": point_text(row.point),
        "kbps": row.rate.measured_kbps,
        "kbpsText": kbps(row.rate.measured_kbps),
        "scores": {
            name: _score(Style.of(summary.metrics[name]), score)
            for name, score in row.scores.items()
            if score.mean is not None
        },
        "cost": {name: _cost(row, name, unit) for name, (_, unit) in COST_AXES.items()},
    }


def _score(style: Style, score: MetricSummary) -> dict[str, Any]:
    ends = {"low": score.low, "high": score.high, "mean": score.mean}
    return {name: None if value is None else value * style.factor for name, value in ends.items()} | {
        "text": style.mean(score),
        "interval": style.interval(score),
        "coverage": ", ".join(filter(None, [_rare(score), _coverage(score)])),
    }


def _rare(score: MetricSummary) -> str:
    return f"rare: {events_text(score.events)}" if score.rare and score.events is not None else ""


def _coverage(score: MetricSummary) -> str:
    return "" if score.complete else f"{score.n} of {score.planned} utterances"


def _cost(row: Row, name: str, unit: str) -> dict[str, Any]:
    if name == "macs_per_s":
        value = row.cost.macs_per_s
        return {"value": value, "text": scaled(value), "reason": _macs_reason(row)}
    if name == "rtf":
        reason = row.cost.reasons.get("rtf_encode") or row.cost.reasons.get("rtf_decode", "")
        around = repeats_text(row.cost.rtf_spread)
        text = f"{rtf_text(row)} ({around})" if around else rtf_text(row)
        return {"value": row.cost.rtf, "text": text, "reason": reason}
    value = row.cost.number(name)
    reason = row.cost.reasons.get(name, "")
    if row.cost.figures.get(name) == UTTERANCE:
        reason = "needs the whole utterance"
    kind = f" ({row.cost.latency_kind})" if name == "latency_ms" and row.cost.latency_kind else ""
    return {"value": value, "text": cost_figure(row.cost, name) + unit + kind, "reason": reason}


def _macs_reason(row: Row) -> str:
    names = ("encoder_macs_per_s", "decoder_macs_per_s")
    return next((row.cost.reasons[name] for name in names if name in row.cost.reasons), "")
