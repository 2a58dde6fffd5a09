"""What the section's template prints and its script draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codecbench.analysis.hallucination import CI, HALLUCINATED
from codecbench.analysis.side_by_side import LIKE_RATE
from codecbench.analysis.summary import Summary
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.report.clips import ORIGINAL, audio_key, kept_audio
from codecbench.report.hallucination.bars import draw_bars
from codecbench.report.hallucination.changes import MARKS, ChangedCell, find_changes
from codecbench.report.hallucination.claims import claims, compare_lines
from codecbench.report.hallucination.figures import SCORED, word_table
from codecbench.report.hallucination.probes import WORST_SEED_WORDS, confusion_data, pair_table, seed_lines
from codecbench.report.hallucination.thresholds import find_false_alarms, find_thresholds, recognizer_id
from codecbench.report.hallucination.transcripts import Audio, transcript_data
from codecbench.report.hallucination.worst_words import worst_words
from codecbench.report.page import Content, Page
from codecbench.store.ids import Place, point_text


def section(page: Page) -> Content | None:
    """None where the run asked for none of the section's metrics; where all failed, it says so."""
    results, summary = page.results, page.summary
    if not any(metric in summary.metrics for metric in SCORED):
        return None
    series = summary.series
    places = [row.place for row in summary.rows]
    cells = [cell for cell in find_changes(results) if cell.place in places]
    compared = page.findings.word_rivals
    alarms, thresholds = find_false_alarms(summary), find_thresholds(summary)
    pairs = pair_table(results, summary, series)
    worst = worst_words(cells, summary)
    seeds = seed_lines(summary, series)
    confusions = confusion_data(results, summary, places)
    values: dict[str, Any] = {
        "recognizer": _recognizer(summary),
        "stand_in": sum(cell.stand_in for cell in cells),
        "cells": len(cells),
        "claims": claims(summary, compared, pairs),
        "comparisons": compare_lines(compared, summary),
        "like": f"{LIKE_RATE:g}",
        "null_floor": summary.null_floor,
        "alarms": alarms,
        "thresholds": thresholds,
        "drawing": draw_bars(summary, _floors(summary, None if alarms is None else alarms.share.value)),
        "table": word_table(summary, page.findings.blur),
        "worst": worst,
        "judged": any(row.hallucination for row in summary.rows),
        "unjudged": _why_unjudged(summary),
        "marks": MARKS,
        "transcripts": any(cell.changes for cell in cells),
        "confusions": confusions is not None,
        "pairs": pairs,
        "seeds": seeds[:WORST_SEED_WORDS],
        "more_seeds": max(0, len(seeds) - WORST_SEED_WORDS),
    }
    return Content(values, _data(page, cells, places, thresholds, confusions))


def _data(
    page: Page,
    cells: Sequence[ChangedCell],
    places: list[Place],
    thresholds: VerdictCalibration | None,
    confusions: Any,
) -> dict[str, Any]:
    seconds = {row.id: row.seconds for row in page.results.utterances if row.seconds is not None}
    return {
        "marks": MARKS,
        "places": [
            {"name": page.summary.name(place.codec_id), "point": place.point, "at": point_text(place.point)}
            for place in places
        ],
        "clearlyFrom": None if thresholds is None else thresholds.margin_nats,
        "confusions": confusions,
    } | transcript_data(cells, places, _audio(page, places), seconds, thresholds)


def _audio(page: Page, places: Sequence[Place]) -> Audio:
    """Keys of the clips that were kept; the script asks the player which of them it has."""
    if page.audio == "none":
        return {}
    kept: dict[tuple[str, Place | None], str] = {}
    for utterance in page.results.meta.get("sample_utterances") or ():
        for place in (None, *places):
            where = ORIGINAL if place is None else place
            if kept_audio(page.folders, utterance, where) is not None:
                kept[utterance, place] = audio_key(utterance, *where)
    return kept


def _recognizer(summary: Summary) -> str:
    recognizer = summary.run.get("recognizer")
    version = recognizer.get("version", "") if isinstance(recognizer, dict) else ""
    return " ".join(filter(None, [recognizer_id(summary), version and f"version {version}"]))


def _floors(summary: Summary, alarms: float | None) -> dict[str, float]:
    floors = {"null": summary.null_floor.value, "alarm": alarms}
    return {kind: share for kind, share in floors.items() if share is not None}


def _why_unjudged(summary: Summary) -> list[str]:
    """Reasons why words were not compared or not judged, each once."""
    reasons = [
        f"{metric}: {row.scores[metric].reason}"
        for row in summary.rows
        for metric in (CI, HALLUCINATED)
        if metric in row.scores and row.scores[metric].mean is None
    ]
    return list(dict.fromkeys(reasons))
