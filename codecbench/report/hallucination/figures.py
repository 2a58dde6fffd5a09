"""The section's table of all figures per codec × point: words, voices, silence, seeds, loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codecbench.analysis.blur import Blur, BlurCurve
from codecbench.analysis.hallucination import CI, DEGRADED, HALLUCINATED, UNTOLD
from codecbench.analysis.scores import MetricSummary
from codecbench.analysis.summary import Row, Summary
from codecbench.printing.figures import UNKNOWN, Style
from codecbench.report.sections import FigureCell

SCORED = (
    CI, HALLUCINATED, DEGRADED, "cf_wer", "delta_wer", "dper", "flip_rate", "speaker_hallucination",
    "speech_in_silence",
)  # fmt: skip
"""Metrics with a column of their own where the run has them."""


ANCHORS = ("noise 10 dB", "noise 0 dB", "low-pass 1 kHz")
"""Blurs of the calibration that every table shows: what hallucinates less than they do by share only blurs."""


@dataclass(frozen=True)
class WordRow:
    name: str
    series: int
    point: str
    first: bool
    cells: tuple[FigureCell, ...]


@dataclass(frozen=True)
class BlurRow:
    """A fixed row: what a mere blur does to words, on the calibration's speech."""

    name: str
    cells: tuple[FigureCell, ...]


@dataclass(frozen=True)
class WordTable:
    """`headings` are (name, unit or explanation); `absent` are (name, why) of what is known of no row."""

    headings: tuple[tuple[str, str], ...]
    rows: tuple[WordRow, ...]
    absent: tuple[tuple[str, str], ...]
    blurs: tuple[BlurRow, ...] = ()


def word_table(summary: Summary, blur: BlurCurve | None) -> WordTable | None:
    """None where no codec × point has any of the metrics."""
    asked = [name for name in SCORED if any(name in row.scores for row in summary.rows)]
    scored = [name for name in asked if any(_mean(row, name) is not None for row in summary.rows)]
    if not asked:
        return None
    counted = any(row.hallucination for row in summary.rows)
    seeds = any(row.seeds for row in summary.rows)
    rows: list[WordRow] = []
    for row in summary.rows:
        cells = [_scored(summary, row, name) for name in scored]
        cells += _counts(row) if counted else []
        cells += [_seeds(row)] if seeds else []
        name = row.name
        rows.append(
            WordRow(name, summary.series[row.codec_id], row.point, not rows or rows[-1].name != name, tuple(cells))
        )
    headings = [(summary.metrics[name].title, Style.of(summary.metrics[name]).unit) for name in scored]
    headings += [("H share", "of changed"), ("affected", "utterances"), ("loops", "words")] if counted else []
    headings += [("seeds differ", "of words")] if seeds else []
    absent = tuple((summary.metrics[name].title, _why(summary, name)) for name in asked if name not in scored)
    blurs = [
        BlurRow(
            f"white {one.condition}" if one.condition.startswith("noise") else one.condition,
            _blurred(one, summary, scored, len(headings)),
        )
        for one in (blur.blurs if blur is not None and counted else ())
        if one.condition in ANCHORS
    ]
    return WordTable(tuple(headings), tuple(rows) if scored else (), absent, tuple(blurs))


def _blurred(blur: Blur, summary: Summary, scored: Sequence[str], columns: int) -> tuple[FigureCell, ...]:
    """What the calibration counted of it, under the table's headings."""
    hallucinated = blur.share.count
    counts = {CI: float(blur.errors), HALLUCINATED: hallucinated, DEGRADED: blur.errors - hallucinated}
    cells = [
        FigureCell(UNKNOWN, note="not measured in the calibration") if name not in counts
        else FigureCell(
            Style.of(summary.metrics[name]).number(counts[name] / blur.words), counts[name] / blur.words,
            f"{counts[name]:g} of {blur.words}",
        )
        for name in scored
    ]  # fmt: skip
    interval = f"{100 * blur.share.low:.0f} to {100 * blur.share.high:.0f}"
    cells.append(FigureCell(f"{100 * blur.share.value:.0f} %", blur.share.value, interval))
    cells += [FigureCell(UNKNOWN, note="not counted in the calibration")] * (columns - len(cells))
    return tuple(cells)


def _why(summary: Summary, name: str) -> str:
    return next(row.scores[name].reason or "" for row in summary.rows if name in row.scores).rstrip(".")


def _mean(row: Row, name: str) -> float | None:
    return row.scores[name].mean if name in row.scores else None


def _scored(summary: Summary, row: Row, name: str) -> FigureCell:
    score = row.scores.get(name)
    if score is None:
        return FigureCell(UNKNOWN, note="not scored here")
    if score.mean is None:
        return FigureCell("n/a", note=score.reason or "")
    style = Style.of(summary.metrics[name])
    upper = _upper(row, name, score)
    more = [upper or style.interval(score), "" if score.complete else f"{score.n}/{score.planned}"]
    note = "none found: exact 95 % upper bound" if upper else ""
    return FigureCell(style.mean(score), score.mean, " · ".join(filter(None, more)), note)


def _upper(row: Row, name: str, score: MetricSummary) -> str:
    """What an observed 0 may hide."""
    if name != HALLUCINATED or score.mean != 0 or row.hallucination is None or row.hallucination.upper is None:
        return ""
    return f"at most {100 * row.hallucination.upper:.1f}"


def _counts(row: Row) -> list[FigureCell]:
    words = row.hallucination
    if words is None:
        return [FigureCell("n/a", note="no verdicts here")] * 3
    share = FigureCell("–", note=words.share_reason or "") if words.share is None else FigureCell(
        f"{100 * words.share:.0f} %", words.share)  # fmt: skip
    counted = sorted((words.reasons or {}).items(), key=lambda item: -item[1])
    reasons = ", ".join(f"{name} {count}" for name, count in counted)
    more = f"{words.hallucinated:g} of {words.errors:g}"
    return [
        FigureCell(share.text, share.sort, more, share.note or (f"degraded because: {reasons}" if reasons else "")),
        FigureCell(f"{words.affected}", words.affected, f"of {words.cells}"),
        FigureCell("n/a", note=UNTOLD) if words.looped is None else FigureCell(f"{words.looped}", words.looped),
    ]


def _seeds(row: Row) -> FigureCell:
    stability = row.seeds
    if stability is None:
        return FigureCell("–", note="one seed")
    if not stability.words:
        return FigureCell("n/a", note="no words")
    return FigureCell(
        f"{100 * stability.rate:.1f} %", stability.rate, f"{len(stability.places)} places, {stability.seeds} seeds"
    )
