"""The first screen: which codec is best at my bitrate, and at what cost? All of it is text of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codecbench.analysis.bootstrap import INDICATIVE_BELOW
from codecbench.analysis.rivals import TIED_WITHIN, Rivals
from codecbench.analysis.summary import Row, Summary
from codecbench.analysis.verdict import RateVerdict, default_rate, judge_rates, standings
from codecbench.printing.figures import Style, cost_figure, kbps, latency_note, repeats_text, scaled
from codecbench.printing.wording import events_text, voices_text
from codecbench.report.page import Content, Page
from codecbench.report.sections import FigureCell
from codecbench.report.sentences import cost_sentence, open_sentence, rates_text, rtf_text, verdict_sentence
from codecbench.tables.notes import reference_note, speakers_behind
from codecbench.tables.speaker_notes import speaker_notes

TILES = 3
RTF_NOTE = "median of interleaved repeats on this run's machine, and the lowest to the highest of them"
WORDS: Mapping[str, str] = {
    "best": "best", "tied": "tied", "front": "cannot tell", "behind": "behind", "alone": "", "none": "",
}  # fmt: skip


@dataclass(frozen=True)
class Contender:
    """A codec at its point near the rate. `cells` are the metrics that are judged, `costs` those of `COST_TITLES`."""

    name: str
    series: int
    track: str
    point: str
    measured: str
    cells: tuple[FigureCell, ...]
    standings: tuple[str, ...]
    costs: tuple[FigureCell, ...]


COST_TITLES: Mapping[str, str] = {
    "MACs": "per second of audio", "RTF": "encode + decode", "latency": "", "parameters": "",
}  # fmt: skip


@dataclass(frozen=True)
class RateView:
    """A bitrate: what is said of it, the tiles of who is named first, and all who have a point near it."""

    label: str
    sentence: str
    open: str
    cost: str
    tiles: tuple[Contender, ...]
    rivals: tuple[Contender, ...]
    chosen: bool


def section(page: Page) -> Content | None:
    """Nothing where the run has no figure."""
    if not page.summary.rows:
        return None
    rivals = page.rivals
    every = judge_rates(page.summary.compared, rivals)
    # A codec alone at its bitrate is compared with nothing: it has its place in the table below, not on the selector.
    verdicts = [one for one in every if len(one.contenders) > 1] or every
    first = default_rate(verdicts)
    values = {
        "rates": [_view(one, rivals, page.summary, one is first) for one in verdicts],
        "metrics": [page.summary.metrics[name].long_title for name in rivals.metrics],
        "percent": [Style.of(page.summary.metrics[name]).unit == "%" for name in rivals.metrics],
        "units": [_unit(name, page.summary) for name in rivals.metrics],
        "costs": COST_TITLES,
        "words": WORDS,
        "reference": reference_note(page.summary),
        "few": _few(rivals, page.summary),
        "bands": " ".join(speaker_notes(page.summary, rivals.metrics)),
        "behind": speakers_behind(page.summary, rivals.metrics),
        "margins": [_margin(name, page.summary) for name in rivals.metrics if name in TIED_WITHIN],
    }
    return Content(values)


def _few(rivals: Rivals, summary: Summary) -> str:
    """Who was heard, where that is too few for intervals of single codecs; else empty."""
    few = 0 < rivals.voices.clusters < INDICATIVE_BELOW
    return voices_text(rivals.voices, summary.synthesizer) if few else ""


def _view(verdict: RateVerdict, rivals: Rivals, summary: Summary, chosen: bool) -> RateView:
    words = [standings(verdict, metric) for metric in verdict.metrics]
    views = {
        id(row): _contender(row, tuple(fronts[index] for fronts in words), summary, rivals)
        for index, row in enumerate(verdict.contenders)
    }
    named = verdict.winners or verdict.front or verdict.contenders
    tiles = tuple(views[id(row)] for row in named[:TILES])
    ranked = tuple(views[id(row)] for row in verdict.ranking)
    return RateView(
        rates_text(verdict.rates), verdict_sentence(verdict, rivals), open_sentence(verdict, rivals),
        cost_sentence(verdict), tiles, ranked, chosen,
    )  # fmt: skip


def _contender(row: Row, ahead: tuple[str, ...], summary: Summary, rivals: Rivals) -> Contender:
    return Contender(
        row.name, summary.series[row.codec_id], row.track, row.point,
        kbps(row.rate.measured_kbps), tuple(_score(row, name, summary) for name in rivals.metrics), ahead, _costs(row),
    )  # fmt: skip


def _score(row: Row, metric: str, summary: Summary) -> FigureCell:
    score = row.scores.get(metric)
    if score is None or score.mean is None:
        return FigureCell("n/a", note="not scored" if score is None else score.reason or "")
    style = Style.of(summary.metrics[metric])
    rare = f"rare: {events_text(score.events)}" if score.rare and score.events is not None else ""
    coverage = "" if score.complete else f"{score.n}/{score.planned}"
    return FigureCell(style.mean(score), score.mean, " · ".join(filter(None, [style.interval(score), rare, coverage])))


def _costs(row: Row) -> tuple[FigureCell, ...]:
    cost, reasons = row.cost, row.cost.reasons
    latency = cost_figure(cost, "latency_ms")
    return (
        FigureCell(scaled(cost.macs_per_s), cost.macs_per_s, note=reasons.get("encoder_macs_per_s", "")),
        FigureCell(rtf_text(row), cost.rtf, repeats_text(cost.rtf_spread), reasons.get("rtf_encode", "") or RTF_NOTE),
        FigureCell(f"{latency} ms" if cost.number("latency_ms") is not None else latency, cost.number("latency_ms"),
                   cost.latency_kind or "", reasons.get("latency_ms", "") or latency_note(cost.latency_kind)),
        FigureCell(cost_figure(cost, "parameters"), cost.number("parameters"), note=reasons.get("parameters", "")),
    )  # fmt: skip


def _unit(metric: str, summary: Summary) -> str:
    facts = summary.metrics[metric]
    return " ".join(filter(None, [Style.of(facts).unit, "↑" if facts.higher_is_better else "↓"]))


def _margin(metric: str, summary: Summary) -> str:
    """Up to which difference two are tied: `WER 2 points`."""
    facts = summary.metrics[metric]
    style = Style.of(facts)
    points = "points" if style.unit == "%" else style.unit
    return f"{facts.long_title} {style.factor * TIED_WITHIN[metric]:g} {points}".rstrip()
