"""What a figure's caption has to say: the speech, intervals, coverage, and all that is not drawn, with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codecbench.analysis.failures import CODING
from codecbench.analysis.summary import Row, Summary
from codecbench.plots.axes import Axis
from codecbench.plots.chart import Panel
from codecbench.store.ids import Place
from codecbench.tables.build import plain_table
from codecbench.tables.notes import (
    UNTRAINED,
    about,
    at_points,
    coverage,
    rare,
    reference_note,
    speakers_behind,
)
from codecbench.tables.selection import chosen_columns
from codecbench.tables.speaker_notes import speaker_notes
from codecbench.tables.table import DAGGER, SECTION_SIGN

NOTHING = "not scored"


def caption(summary: Summary, panels: Mapping[str, Panel], axis: Axis) -> list[str]:
    """`panels` by the metric that each shows. The run's own notes are the caller's to add, last."""
    every, summary = summary, summary.compared
    metrics, shown = list(panels), list(panels.values())
    table = plain_table(summary, chosen_columns(summary, metrics))
    notes = [about(summary), intervals(summary, metrics), speakers_behind(summary, metrics)]
    notes += speaker_notes(summary, metrics)
    notes += [*_each(shown, [_cut(panel) for panel in shown], "Bars cut")]
    # No point of a figure has the marks.
    notes.append(rare(table.columns, table.rows).removeprefix(f"{SECTION_SIGN} "))
    notes.append(coverage(table.columns, table.rows).removeprefix(f"{DAGGER} "))
    notes.append(reference_note(summary))
    if any(curve.untrained for panel in shown for curve in panel.curves):
        notes.append(UNTRAINED)
    missing = [_missing(summary, panel, metric, axis) for metric, panel in panels.items()]
    for why in dict.fromkeys(why for reasons in missing for why in reasons):
        notes += _each(shown, [reasons.get(why, "") for reasons in missing], "Not drawn", f" ({why})")
    notes.append(_self_checks(every))
    return [note for note in notes if note]


def intervals(summary: Summary, metrics: Sequence[str]) -> str:
    rows = [row.scores[name] for row in summary.rows for name in metrics if name in row.scores]
    if not any(score.low is not None for score in rows):
        return "No intervals: too few speakers."
    few = " (indicative: too few speakers or events)" if any(score.indicative for score in rows) else ""
    return f"Bars: 95 % intervals over {'voices' if summary.synthesizer else 'speakers'}{few}."


def _each(panels: Sequence[Panel], texts: Sequence[str], what: str, why: str = "") -> list[str]:
    """One note where all panels have the same to say, else one of each that has something to say."""
    if len(set(texts)) == 1:
        return [f"{what}: {texts[0]}{why}."] if texts[0] else []
    return [f"{what} in {panel.y_title}: {text}{why}." for panel, text in zip(panels, texts, strict=True) if text]


def _self_checks(summary: Summary) -> str:
    """What is in the run and in no panel, for it would stretch every axis."""
    drawn = {row.codec_id for row in summary.compared.rows}
    names = ",".join(dict.fromkeys(row.codec for row in summary.rows if row.codec_id not in drawn))
    return f"Not drawn: {names} (a self-check of the harness; alone: --codecs {names})." if names else ""


def _cut(panel: Panel) -> str:
    """Codecs and points whose interval goes beyond the axis."""
    notes = []
    for curve in panel.curves:
        labels = [point.label for point in curve.points if panel.is_cut(point)]
        if labels:
            notes.append(at_points(curve.name, labels, [point.label for point in curve.points]))
    return "; ".join(notes)


def _missing(summary: Summary, panel: Panel, metric: str, axis: Axis) -> dict[str, str]:
    """By reason, every codec and point of the run that the panel does not show: `opus at 8, 12; dead`."""
    drawn = {(curve.name, point.label) for curve in panel.curves for point in curve.points}
    gone: dict[tuple[str, str], list[str]] = {}
    every: dict[str, list[str]] = {}
    for row in summary.rows:
        name = row.name
        every.setdefault(name, []).append(row.point)
        if (name, row.point) not in drawn:
            gone.setdefault((name, _reason(row, metric, axis)), []).append(row.point)
    for name, point, why in _without_row(summary):
        every.setdefault(name, []).append(point)
        gone.setdefault((name, why), []).append(point)
    told: dict[str, list[str]] = {}
    for (name, why), points in gone.items():
        told.setdefault(why, []).append(at_points(name, points, every[name]))
    return {why: "; ".join(names) for why, names in told.items()}


def _reason(row: Row, metric: str, axis: Axis) -> str:
    score = row.scores.get(metric)
    if score is None or score.mean is None:
        return NOTHING if score is None else score.reason or NOTHING
    return axis.why(row)


def _without_row(summary: Summary) -> list[tuple[str, str, str]]:
    """(codec, point, why) of points where nothing was coded, and of what was skipped (a whole codec: no point)."""
    rows = {row.place for row in summary.rows}
    reasons: dict[tuple[str, str], str] = {}
    for group in summary.failures:
        for place in group.places if group.what == CODING else ():
            for point in place.points:
                if Place(*place.codec_id, point) not in rows:
                    why = f"{group.status}: {group.reason}"
                    reasons.setdefault((summary.name(place.codec_id), point), why)
    for skip in summary.skipped:
        reasons.setdefault((summary.name(skip.codec_id), skip.point or ""), f"skipped: {skip.reason}")
    return [(*place, why) for place, why in reasons.items()]
