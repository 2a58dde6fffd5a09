"""The report's sections as the templates print them: text, made of the Summary's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codecbench.analysis.codes import CodebookUse
from codecbench.analysis.summary import Summary
from codecbench.analysis.tokens import TokenRate
from codecbench.conditions import FULL_BAND_TOLD
from codecbench.printing.figures import UNKNOWN, Style, duration, significant
from codecbench.printing.wording import voices_text
from codecbench.report.page import Content, Page
from codecbench.store.ids import by_codec, points_text

CARD_FIELDS = (
    "track", "training", "self_check",
    "version", "settings", "sample_rate", "output_sample_rate", "channels", "frame", "hop", "lookahead", "causal",
    "whole_utterance", "stochastic",
    "licence", "paper", "parameters", "encoder_macs_per_s", "quantizer_macs_per_s", "decoder_macs_per_s", "latency_ms",
    "buffering_ms", "latency_kind", "latency_by_point", "notes",
)  # fmt: skip
"""Fields of a codec's card that the report prints, in this order."""


def failures(page: Page) -> Content:
    return Content({"warnings": warnings(page.summary)})


def codes(page: Page) -> Content:
    return Content({"rows": code_use(page.summary)})


def provenance(page: Page) -> Content:
    coded = {row.codec_id for row in page.results.codings}
    return Content({"fields": CARD_FIELDS, "present": coded | {row.codec_id for row in page.results.skips}})


@dataclass(frozen=True)
class Fact:
    """A tile of the first screen."""

    title: str
    value: str
    more: str = ""


@dataclass(frozen=True)
class FigureCell:
    """One figure of a section's table: its text, the number it sorts by, a second line, and what explains it."""

    text: str
    sort: float | None = None
    more: str = ""
    note: str = ""


@dataclass(frozen=True)
class CodeUse:
    name: str
    point: str
    books: tuple[CodebookUse, ...]
    tokens: TokenRate

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
    codecs = len(by_codec(summary.rows))
    known = summary.voices
    voices = "speakers not known" if known is None else voices_text(known, summary.synthesizer)
    condition = summary.other_condition
    told = str(summary.run.get("condition_told") or FULL_BAND_TOLD)
    band = [Fact("condition", condition, told)] if condition else []
    return [
        *band,
        Fact("speech", duration(summary.seconds), f"{plural(summary.utterances, 'utterance')}, {voices}"),
        Fact("codecs", str(codecs), f"{plural(len(summary.rows), 'operating point')} with figures"),
        Fact("floor", *_floor(summary)),
        Fact("scores ok", f"{100 * summary.coverage.share:.1f} %", str(summary.coverage).replace(" scores ok", "")),
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


def code_use(summary: Summary) -> list[CodeUse]:
    return [CodeUse(row.name, row.point, row.codebooks, row.tokens) for row in summary.rows if row.tokens]


def warnings(summary: Summary) -> list[tuple[str, str]]:
    """`codec at points` and its warning; points that share one are one line."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for row in summary.rows:
        for warning in row.warnings:
            grouped.setdefault((row.name, warning), []).append(row.point)
    return [(f"{name} at {points_text(points)}", warning) for (name, warning), points in grouped.items()]


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
