"""The report's sections as the templates print them: text, made of the Summary's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codecbench.analysis.codes import Codebook
from codecbench.analysis.summary import Row, Summary
from codecbench.report.figures import UNKNOWN, Style, codec_name, cost_figure, duration, kbps, significant
from codecbench.report.page import Content, Page

COST_COLUMNS = {
    "rtf_encode": "RTF encode",
    "rtf_decode": "RTF decode",
    "latency_ms": "latency ms",
    "parameters": "parameters",
    "encoder_macs_per_s": "encoder MAC/s",
    "quantizer_macs_per_s": "quantizer MAC/s",
    "decoder_macs_per_s": "decoder MAC/s",
    "peak_rss_mb": "memory MiB",
}


CARD_FIELDS = (
    "track", "version", "sample_rate", "channels", "frame", "lookahead", "causal", "whole_utterance", "stochastic",
    "licence", "paper", "parameters", "encoder_macs_per_s", "quantizer_macs_per_s", "decoder_macs_per_s", "latency_ms",
    "buffering_ms", "notes",
)  # fmt: skip
"""What the report tells of a codec's card, in this order."""


def table(page: Page) -> Content:
    summary = page.summary
    return Content({"headings": table_headings(summary), "rows": table_rows(summary), "missing": missing(summary)})


def failures(page: Page) -> Content:
    return Content({"warnings": warnings(page.summary)})


def codes(page: Page) -> Content:
    return Content({"rows": code_use(page.summary)})


def provenance(_: Page) -> Content:
    return Content({"fields": CARD_FIELDS})


@dataclass(frozen=True)
class Fact:
    """A tile of the first screen."""

    title: str
    value: str
    more: str = ""


@dataclass(frozen=True)
class FigureCell:
    """One figure of the table: its text, the number it sorts by, a second line, and what explains it."""

    text: str
    sort: float | None = None
    more: str = ""
    note: str = ""


@dataclass(frozen=True)
class TableRow:
    name: str
    series: int
    track: str
    point: str
    cells: tuple[FigureCell, ...]


@dataclass(frozen=True)
class CodeUse:
    name: str
    point: str
    books: tuple[Codebook, ...]

    @property
    def used(self) -> float:
        """Mean share of entries in use, per cent."""
        return 100 * sum(book.used / book.size for book in self.books) / len(self.books)

    @property
    def entropy(self) -> float:
        """Mean over codebooks, bits."""
        return sum(book.entropy_bits for book in self.books) / len(self.books)

    @property
    def full(self) -> float:
        return sum(book.full_bits for book in self.books) / len(self.books)


def facts(summary: Summary) -> list[Fact]:
    """The first screen."""
    tally = summary.run.get("tally") or {}
    counted = " · ".join(f"{tally[name]} {name}" for name in tally if name != "computed")
    share = 100 * summary.coverage.ok / summary.coverage.planned if summary.coverage.planned else 0.0
    codecs = len({(row.codec, row.checkpoint) for row in summary.rows})
    voices = "speakers not known" if summary.speakers is None else f"{plural(summary.speakers, 'speaker')}"
    return [
        Fact("speech", duration(summary.seconds), f"{plural(summary.utterances, 'utterance')}, {voices}"),
        Fact("codecs", str(codecs), f"{plural(len(summary.rows), 'operating point')} with figures"),
        Fact("floor", *_floor(summary)),
        Fact("scores ok", f"{share:.1f} %", f"{summary.coverage.ok} of {summary.coverage.planned}"),
        Fact("last plan", f"{tally['computed']} computed" if tally else UNKNOWN, counted or "not finished"),
    ]


def _floor(summary: Summary) -> tuple[str, str]:
    wer, cer = summary.floor["wer"], summary.floor["cer"]
    style = Style(100.0, 1, "%")
    if wer.value is None:
        return UNKNOWN, f"WER of the originals: {wer.reason}"
    more = f", CER {style.number(cer.value)} %" if cer.value is not None else ""
    return f"{style.number(wer.value)} % WER", f"of the originals{more}"


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def table_headings(summary: Summary) -> list[FigureCell]:
    """Titles above the figures; `more` holds unit and direction."""
    arrows: dict[bool | None, str] = {True: "↑ better", False: "↓ better"}
    metrics = [
        FigureCell(
            name,
            more=" ".join(filter(None, [Style.of(card).unit, arrows.get(card.get("higher_is_better"), "")])),
            note=card.get("description", ""),
        )
        for name in summary.metric_order()
        for card in [summary.metrics[name]]
    ]
    others = [FigureCell("entropy-coded", more="kbps"), FigureCell("delay", more="ms, corrected")]
    return [FigureCell("measured", more="kbps"), *metrics, *others, *map(FigureCell, COST_COLUMNS.values())]


def table_rows(summary: Summary) -> list[TableRow]:
    places = [(codec.codec, codec.checkpoint) for codec in summary.codecs]
    return [
        TableRow(
            codec_name(row.codec, row.checkpoint),
            places.index((row.codec, row.checkpoint)),
            row.track,
            row.point,
            (_measured(row), *_metrics(row, summary), _entropy_coded(row), _delay(row), *_costs(row)),
        )
        for row in summary.rows
    ]


def _measured(row: Row) -> FigureCell:
    return FigureCell(kbps(row.rate.measured_kbps), row.rate.measured_kbps, note=row.rate.measured_reason or "")


def _entropy_coded(row: Row) -> FigureCell:
    rate = row.rate.entropy_kbps
    return FigureCell("n/a" if rate is None else kbps(rate), rate, note=row.rate.entropy_reason or "")


def _delay(row: Row) -> FigureCell:
    if row.delay_ms is None:
        return FigureCell(UNKNOWN, note="no delay was found")
    return FigureCell(Style(1.0, 2, "ms").number(row.delay_ms), row.delay_ms)


def _metrics(row: Row, summary: Summary) -> list[FigureCell]:
    cells = []
    for name in summary.metric_order():
        score = row.scores.get(name)
        if score is None:
            cells.append(FigureCell(UNKNOWN, note="not scored"))
            continue
        style = Style.of(summary.metrics[name])
        coverage = "" if score.complete else f"{score.n}/{score.planned}"
        more = " · ".join(filter(None, [style.interval(score), coverage]))
        cells.append(FigureCell(style.mean(score), score.mean, more, score.reason or ""))
    return cells


def _costs(row: Row) -> list[FigureCell]:
    return [
        FigureCell(cost_figure(row.cost, name), row.cost.number(name), note=row.cost.reasons.get(name, ""))
        for name in COST_COLUMNS
    ]


def code_use(summary: Summary) -> list[CodeUse]:
    rows = [row for row in summary.rows if row.codebooks]
    return [CodeUse(codec_name(row.codec, row.checkpoint), row.point, row.codebooks) for row in rows]


@dataclass(frozen=True)
class Gap:
    """Why figures of one kind are missing, and of which codecs."""

    what: str
    reason: str
    where: tuple[str, ...]


def missing(summary: Summary) -> list[Gap]:
    """Every reason that stands beside a figure, once."""
    titles = [heading.text for heading in table_headings(summary)]
    found: dict[tuple[str, str], dict[str, None]] = {}
    for row in table_rows(summary):
        for title, cell in zip(titles, row.cells, strict=True):
            if cell.note:
                found.setdefault((title, cell.note), {})[row.name] = None
    return [Gap(what, reason, tuple(where)) for (what, reason), where in found.items()]


def warnings(summary: Summary) -> list[tuple[str, str]]:
    """`codec at points` and its warning; points that share one are one line."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in summary.rows:
        for warning in row.warnings:
            found.setdefault((codec_name(row.codec, row.checkpoint), warning), []).append(row.point)
    return [(f"{name} at {', '.join(points)} kbps", warning) for (name, warning), points in found.items()]


def printed(value: Any) -> str:
    """A card's field as text: figures plain, lists joined, what is unknown as a dash."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}" if value.is_integer() else significant(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {printed(item)}" for name, item in value.items()) or UNKNOWN
    if isinstance(value, (list, tuple)):
        return ", ".join(map(printed, value)) or UNKNOWN
    return str(value)
